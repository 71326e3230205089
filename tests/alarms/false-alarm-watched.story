# FA-03: a point that was judged false alarms again: isolating it is proposed. A person isolates it and links the order.
00:05 edge panel-1/d1:fire true
00:06 cancel li panel-1
00:07 cancel wall panel-1
00:08 cancel li panel-77
00:10 ack li panel-1/d1:fire
00:12 judge li panel-1/d1:fire false steam
00:14 edge panel-1/d1:fire false
# within a day it alarms again: the row says so, and sounds as ever
05:00 edge panel-1/d1:fire true
05:05 ack li panel-1/d1:fire
05:06 judge li panel-1/d1:fire false steam again
# thought better of: it was real; then false after all: it counts once
05:07 judge li panel-1/d1:fire real
05:08 judge li panel-1/d1:fire false steam after all
05:10 edge panel-1/d1:fire false
06:00 edge panel-1/d1:fire true
06:01 isolate li panel-1/d1 60 alarms falsely
06:02 order li panel-1/d1
06:03 order li panel-1/d1 R-2026-17
06:04 edge panel-1/d1:fire false
06:05 edge panel-1/d1:fire true
# a panel whose profile has the key: it is pressed from here
07:00 cancel li panel-4
07:01 news panel-4/cancel cancel done
