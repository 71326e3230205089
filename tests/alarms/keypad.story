# FA-18: start and stop by secondary code and type with wildcards: never without the number, never what releases agent, each
# target a command of its own, what is not sent told one by one.
00:05 keypad li 04211 30 start
00:06 keypad li 09999* 30 start
00:07 keypad li 04211* 30 prime
00:08 keypad li 04211* 30 start
00:09 keypad li 04211* 30 start 3
00:10 keypad li 04211* 30 start 4
00:11 news panel-4/m1 start accepted
00:12 news panel-4/m1 start confirmed
00:13 news panel-4/m2 start failed:no-answer
# one code, one target: no number needed; the cylinder is refused by name, too
00:20 keypad li 042111 30 stop
00:21 keypad li 042119 30 start
00:22 keypad li 042114 30 start
00:23 keypad wall 042111 30 start
# without a type the code is not one device's: still only what it finds
00:24 keypad li 042112 - stop 1
00:25 keypad li 042*** ** stop 4
