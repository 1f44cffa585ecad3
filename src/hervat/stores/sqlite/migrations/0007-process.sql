-- The process traffic of the contract: what an earlier hervat refused as of no kind that it knew is judged again; everything beside the
-- journal is folded again for that.
DELETE FROM feed;
DELETE FROM message;
DELETE FROM link;
DELETE FROM missing;
DELETE FROM turn;
DELETE FROM declared;
DELETE FROM act;
UPDATE head SET folded = 0;
