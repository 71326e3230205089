# Each alarm of an incident has a number of its own, which no other gets when it is over; alarms of one sweep are tied.
00:10 edge panel-1/d1:fire true
00:12 edge panel-1/d2:fire true
00:14 edge io-1/d9:fire true
# the second is over and reset at its panel: the third stays number 3
00:20 ack li panel-1/d2:fire
00:21 edge panel-1/d2:fire false
# two more in one sweep, one of them the second once more: an episode of its own
00:30 edge panel-1/d2:fire true sweep 30
00:30 edge io-1/lift:emergency true sweep 30
# what is still active after a reset returns under its own number
00:40 ack li panel-1/d1:fire panel-1/d2:fire io-1/d9:fire io-1/lift:emergency
00:41 reset li building 2
01:10 wait
# and a restart forgets no number
01:20 kill
01:30 edge panel-9/d1:fire true sweep 30
