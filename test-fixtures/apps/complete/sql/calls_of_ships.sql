SELECT ship_id, count(*) AS calls FROM harbour.calls GROUP BY ship_id;
