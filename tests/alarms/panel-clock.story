# FA-19: a panel whose clock is off is announced, once two records agree on it; one record alone may have waited on its way.
00:05 record panel-9 says-at 08:00:05 d1:fire true
00:10 record panel-9 says-at 07:20:00 d1:fault true
00:20 record panel-9 says-at 08:00:20 d1:fault false
00:30 record panel-9 says-at 08:05:30 d1:fault true
00:40 record panel-9 says-at 08:05:41 d1:fault false
00:45 ack li panel-9/clock:fault
# set right
01:00 record panel-9 says-at 08:01:00 d1:fault true
# a gateway that does not know the time itself judges nobody's
01:10 clock untrusted
01:20 record panel-9 says-at 09:00:00 d1:fault false
01:30 record panel-9 says-at 09:00:10 d1:fault true
