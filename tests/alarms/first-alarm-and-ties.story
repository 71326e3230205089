# Alarms of one sweep have no order among themselves; later ones never displace the first.
00:10 edge panel-1/d1:fire true sweep 7
00:10 edge panel-1/d2:fire true sweep 7
00:12 edge io-1/d9:fire true sweep 9
