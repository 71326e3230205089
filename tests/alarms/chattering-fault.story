# A point that comes and goes three times in a minute is marked. Its row stays, it is heard once a minute at most, and
# nothing is written of each time.
00:10 edge io-1/tank:limit true
00:15 edge io-1/tank:limit false
00:20 edge io-1/tank:limit true
00:25 silence li
00:30 edge io-1/tank:limit false
00:35 edge io-1/tank:limit true
00:36 silence li
00:40 edge io-1/tank:limit false
00:45 edge io-1/tank:limit true
00:50 edge io-1/tank:limit false
00:55 edge io-1/tank:limit true
# A minute after it was heard last the four times are told, and heard.
01:36 wait
# Acknowledged, it is counted and not heard again while it chatters.
01:40 ack li io-1/tank:limit
01:45 edge io-1/tank:limit false
01:50 edge io-1/tank:limit true
02:40 edge io-1/tank:limit false
# What is not known is said at once, and ends no mark.
02:45 edge io-1/tank:limit unknown
08:00 edge io-1/tank:limit false
# Five minutes of rest: the mark ends, and with it the acknowledged row.
13:01 wait
