# FA-10: a panel tries its own lamps and sounder, and one loop with them. A fire of the other loop alarms during it, and so
# does the panel's common fire.
00:05 test li self-test:panel-3:9 10 monthly
00:06 test li self-test:nowhere 10 monthly
00:10 test li self-test:panel-3:1 10 monthly
00:11 news panel-3/self-test self-test confirmed
00:12 edge panel-3/sounder:start true
00:14 edge panel-3/l1-d1:fire true
00:16 edge panel-3/l2-d1:fault true
00:20 edge panel-3/l2-d1:fire true
00:22 edge panel-3/any:fire true
00:24 edge panel-3/cylinder:discharge true
# one loop alone
00:30 test-end li
00:40 test li loop:panel-3:2 10 second loop
00:42 edge panel-3/l2-d1:fire false
00:44 edge panel-3/l1-d2:fire true
