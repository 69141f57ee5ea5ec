-- Orders, what happened to them, and one opinion each. Everything is a function of row numbers: a size always gives the same rows.
-- Variables: subjects, the number of orders.
CREATE MACRO chance(number, salt) AS (hash(number, salt) % 1000003) / 1000003.0;

CREATE TABLE orders AS
SELECT
    i AS order_id,
    'C' || (hash(i, 'person') % (getvariable('subjects') * 4 // 5 + 1)) AS customer_id,
    TIMESTAMP '2024-01-01' + INTERVAL 1 MINUTE * (hash(i, 'time') % 500000)::INT AS ordered_at,
    ['north', 'south', 'east', 'west'][1 + (hash(i, 'region') % 4)::INT] AS region,
    round(10 + 90 * chance(i, 'price'), 2) AS price,
    (hash(i, 'age') % 10)::INT AS earlier_orders
FROM range(getvariable('subjects')) r(i);

-- Each touch comes an hour after the one before it. 0-9 carry a quality, 10-14 a number of times, 15-19 are only met.
CREATE TABLE touches AS
SELECT
    order_id,
    'step.t' || lpad(t::VARCHAR, 2, '0') AS touchpoint,
    ['web', 'app', 'email', 'phone', 'courier'][1 + t % 5] AS channel,
    ordered_at + INTERVAL 1 HOUR * (t + 1)::INT AS happened_at,
    CASE
        WHEN t >= 10 THEN NULL
        WHEN chance(order_id * 100 + t, 'quality') < .15 THEN 'bad'
        WHEN chance(order_id * 100 + t, 'quality') < .7 THEN 'neutral'
        ELSE 'good'
    END AS quality,
    CASE WHEN t BETWEEN 10 AND 14 THEN 1 + (hash(order_id, t, 'times') % 4)::INT END AS times
FROM orders, range(20) r(t)
WHERE chance(order_id * 100 + t, 'met') < .15 + .85 * ((t * 7) % 20) / 19;

CREATE VIEW events AS SELECT * EXCLUDE times FROM touches WHERE times IS NULL;
CREATE VIEW counted AS SELECT * EXCLUDE quality FROM touches WHERE times IS NOT NULL;

CREATE VIEW reviews AS
SELECT
    order_id,
    ordered_at + INTERVAL 3 DAY AS given_at,
    greatest(1, least(5, round(3.6 + .02 * earlier_orders + coalesce(moved, 0) + 2 * (chance(order_id, 'feeling') - .5))))::INT AS stars
FROM orders
LEFT JOIN (
    SELECT order_id, sum(CASE touchpoint || quality WHEN 'step.t03bad' THEN -1.0 WHEN 'step.t05bad' THEN -.6 WHEN 'step.t07good' THEN .4 END) AS moved
    FROM touches
    GROUP BY order_id
) USING (order_id);
