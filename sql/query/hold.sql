-- Holds: what must not be erased.

--: hold_look
SELECT h.person, h.account, h.handover, h.id IS NULL AS over
FROM (SELECT) one LEFT JOIN hold_at(:now::timestamptz, latest()) h ON h.id = :hold::uuid

--: hold_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.hold AS key FROM (
    SELECT t.ref AS hold, on_what.noun AS kind, on_what.ref AS on, h.reference, h.reason,
           h.valid_from AS since, till(h.valid_to) AS until
    FROM hold h JOIN thing t ON t.id = h.id
    JOIN thing on_what ON on_what.id = coalesce(h.person, h.account, h.handover)
    WHERE h.known_from <= :as_known::bigint AND :as_known::bigint < h.known_to
      AND h.valid_from <= :as_of::timestamptz
      AND (coalesce(:past::bool, false) OR :as_of::timestamptz < h.valid_to)
      AND (:person::uuid IS NULL OR h.person = :person::uuid)
      AND (:account::uuid IS NULL OR h.account = :account::uuid)
      AND (:handover::uuid IS NULL OR h.handover = :handover::uuid)
      AND t.ref > coalesce(:after::text, '')
    ORDER BY t.ref LIMIT :limit::int) x
