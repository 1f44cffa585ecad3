-- The process traffic of the contract: what an earlier hervat refused as of no kind that it knew is judged again; everything beside the
-- journal is folded again for that.
TRUNCATE feed, message, link, missing, turn, declared, act;
UPDATE head SET folded = 0;
