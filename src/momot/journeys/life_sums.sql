-- Sums over people. Grain: one row. Squares and products are those that an interval of a mean, or of a share of things that people have several of, needs.
-- unknown and unknown_2 are in billionths: whole numbers add up to the same in any order, so that the facts do not depend on threads.
SELECT count(*) AS people, coalesce(sum(interactions), 0) AS interactions, count(bought_1) AS buyers, coalesce(sum(purchases), 0) AS purchases,
       count(bought_2) AS repeaters,
       count(CASE WHEN research_before > 0 THEN 1 END) AS researchers, coalesce(sum(research), 0) AS research, coalesce(sum(reviews), 0) AS reviews,
       coalesce(sum(research * research), 0) AS research_2, coalesce(sum(reviews * reviews), 0) AS reviews_2, coalesce(sum(research * reviews), 0) AS research_reviews,
       count(CASE WHEN research > 0 THEN 1 END) AS readers,
       coalesce(sum(sources_before), 0) AS sources, coalesce(sum(sources_before * sources_before), 0) AS sources_2,
       count(CASE WHEN steps_before > 0 THEN 1 END) AS travellers,
       coalesce(sum(CASE WHEN steps_before > 0 THEN CAST(floor(1e9 * steps_unknown / steps_before + 0.5) AS BIGINT) END), 0) AS unknown,
       coalesce(sum(CASE WHEN steps_before > 0 THEN CAST(floor(1e9 * steps_unknown / steps_before * steps_unknown / steps_before + 0.5) AS BIGINT) END), 0) AS unknown_2,
       count(CASE WHEN spoken_after > 0 THEN 1 END) AS speakers,
       coalesce(sum(promises), 0) AS promises, coalesce(sum(promises_kept), 0) AS kept, coalesce(sum(promises * promises), 0) AS promises_2,
       coalesce(sum(promises_kept * promises_kept), 0) AS kept_2, coalesce(sum(promises * promises_kept), 0) AS promises_kept,
       count(CASE WHEN promises > 0 THEN 1 END) AS promised
FROM lives
