-- A year of people's interactions: a log of events, waits counted in minutes, orders, and who the people are. Everything is a function of
-- row numbers: a size always gives the same rows. Variables: interactions, how many rows before those that good touches
-- bring; people; touchpoints, 40 with the names below or more.
CREATE MACRO chance(number, salt) AS (hash(number, salt) % 1000003) / 1000003.0;

CREATE TABLE touchpoints AS
SELECT row_number() OVER () - 1 AS t, touchpoint, channel
FROM (VALUES
    ('site.visit', 'web'), ('site.search', 'web'), ('site.product_page', 'web'), ('app.opened', 'app'), ('email.newsletter', 'email'),
    ('ads.banner', 'ads'), ('checkout.order', 'web'), ('basket.add', 'web'), ('ads.search', 'search'), ('delivery.parcel', 'courier'),
    ('delivery.message', 'sms'), ('social.post', 'social'), ('site.category', 'web'), ('basket.voucher', 'web'), ('checkout.payment', 'web'),
    ('app.push', 'app'), ('support.chat', 'chat'), ('delivery.tracking', 'web'), ('site.review_read', 'web'), ('email.offer', 'email'),
    ('support.call', 'phone'), ('site.faq', 'web'), ('delivery.pickup', 'store'), ('loyalty.reward', 'app'), ('support.reply', 'email'),
    ('billing.invoice', 'email'), ('store.visit', 'store'), ('app.wishlist', 'app'), ('site.compare', 'web'), ('video.guide', 'web'),
    ('returns.form', 'web'), ('returns.refund', 'web'), ('survey.answered', 'survey'), ('review.written', 'review_site'), ('site.price_alert', 'web'),
    ('friend.invited', 'app'), ('support.visit', 'in_person'), ('service.outage', 'web'), ('app.crash', 'app'), ('social.complaint', 'social')
) names(touchpoint, channel)
UNION ALL
SELECT t, 'campaign.' || t, ['web', 'email', 'app', 'ads'][1 + t % 4] FROM range(40, getvariable('touchpoints')) more(t);

-- Sessions of four interactions. Few people do much: the n-th of P people has a share of about n^-1/2, the first of 300,000 some 18,000 rows.
CREATE TABLE rows_all AS
SELECT
    i,
    floor(getvariable('people') * chance(i // 4, 'person') ** 2)::INT AS person,
    TIMESTAMP '2024-01-01' + INTERVAL 1 SECOND * ((hash(i // 4, 'start') % 31000000) + (i % 4) * (20 + hash(i, 'pause') % 600))::INT AS happened_at,
    floor(getvariable('touchpoints') * chance(i, 'touchpoint') ** 1.8)::INT AS t,
    chance(i, 'quality') AS luck
FROM range(getvariable('interactions')) r(i);

-- 10-24 carry a quality, 30-33 a wait in minutes, 6 is the purchase, the others are only met.
CREATE VIEW log AS
SELECT
    'U' || lpad(person::VARCHAR, 8, '0') AS user_id,
    happened_at,
    replace(touchpoint, '.', '_') AS event,
    touchpoint,
    channel,
    CASE WHEN t BETWEEN 10 AND 24 THEN CASE WHEN luck < .15 THEN 'bad' WHEN luck < .7 THEN 'neutral' ELSE 'good' END END AS quality
FROM rows_all
JOIN touchpoints USING (t)
WHERE t <> 6 AND t NOT BETWEEN 30 AND 33;

CREATE VIEW waits AS
SELECT 'U' || lpad(person::VARCHAR, 8, '0') AS user_id, happened_at, touchpoint, channel, floor(60 * luck ** 2)::INT AS minutes
FROM rows_all
JOIN touchpoints USING (t)
WHERE t BETWEEN 30 AND 33;

-- Good touches of three touchpoints bring an order within ten days, one time in eight.
CREATE VIEW orders AS
SELECT 'U' || lpad(person::VARCHAR, 8, '0') AS user_id, happened_at, 'O' || i AS order_id, round(10 + 90 * luck, 2) AS price
FROM rows_all
WHERE t = 6
UNION ALL
SELECT
    'U' || lpad(person::VARCHAR, 8, '0'),
    happened_at + INTERVAL 1 SECOND * (600 + hash(i, 'later') % 864000)::INT,
    'R' || i,
    round(10 + 90 * chance(i, 'price'), 2)
FROM rows_all
WHERE t IN (11, 16, 22) AND luck >= .7 AND chance(i, 'brought') < .125;

CREATE VIEW customers AS
SELECT
    'U' || lpad(p::VARCHAR, 8, '0') AS user_id,
    ['north', 'south', 'east', 'west'][1 + (hash(p, 'region') % 4)::INT] AS region,
    ['free', 'plus', 'family'][1 + (hash(p, 'plan') % 3)::INT] AS plan,
    (18 + hash(p, 'age') % 60)::INT AS age
FROM range(getvariable('people')) r(p);
