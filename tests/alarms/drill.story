# A drill runs in a building until it is ended or its time is over; alarms sound as ever.
00:05 drill li 2 30 spring drill
00:06 drill zhao 9 30 spring drill
00:07 drill zhao 2 481 spring drill
00:08 drill zhao 2 30 spring drill
00:09 drill zhao 2 30 again
00:10 edge panel-1/d1:fire true
00:20 kill
00:21 drill-end li
00:22 drill-end zhao
00:30 drill zhao 2 1 short
01:31 wait
