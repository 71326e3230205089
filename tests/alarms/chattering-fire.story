# A fire that comes and goes is marked too. Every return of it is told, revokes the acknowledgement and sounds, at once.
00:10 edge io-1/d9:fire true
00:11 ack li io-1/d9:fire
00:12 edge io-1/d9:fire false
00:13 edge io-1/d9:fire true
00:14 silence li
00:15 edge io-1/d9:fire false
00:16 edge io-1/d9:fire true
00:17 silence li
00:18 edge io-1/d9:fire false
00:19 edge io-1/d9:fire true
00:20 ack li io-1/d9:fire
00:21 edge io-1/d9:fire false
00:22 edge io-1/d9:fire true
# A fault beside it is damped, and a new fire is not delayed by anything.
00:23 edge io-1/power:mains-fault true
00:24 edge io-1/power:mains-fault false
00:25 edge io-1/power:mains-fault true
00:26 edge io-1/power:mains-fault false
00:27 edge io-1/power:mains-fault true
00:28 edge panel-1/d1:fire true
05:30 wait
