# An alarm that came back between the look and the act is not acknowledged unseen.
00:10 edge io-1/d9:fire true
00:12 edge io-1/d9:fire false
00:13 edge io-1/d9:fire true
00:13.5 ack-seen li 1 io-1/d9:fire
00:14 ack-seen li 2 io-1/d9:fire
# Of a list, what closed meanwhile is left as it is and the others are acknowledged.
00:20 edge io-1/power:mains-fault true
00:21 edge panel-1/d1:fault true
00:22 edge io-1/power:mains-fault false
00:23 ack li io-1/power:mains-fault
00:24 ack wang io-1/power:mains-fault panel-1/d1:fault
00:25 ack wang io-1/power:mains-fault
# A list that says what was seen: none of it is acknowledged when one is not as it was.
00:30 edge io-1/d9:fire false
00:31 edge panel-1/d1:fire true
00:32 edge io-1/d9:fire true
00:33 ack-seen li 2 io-1/d9:fire 1 panel-1/d1:fire
00:34 ack-seen li 3 io-1/d9:fire 1 panel-1/d1:fire
