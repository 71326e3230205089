# Two panels give the same code. Without a wildcard one of them is meant, and the person must say which.
00:10 keypad li 052111 30 start
00:11 keypad li 052111@panel-7 30 start
00:12 keypad li 052111@panel-6 - stop
00:13 keypad li 052111@nowhere 30 start
# A code that only one of them has needs no panel; at the other it means nothing.
00:14 keypad li 052112 30 start
00:15 keypad li 052112@panel-6 30 start
# A wildcard means all of them, and one panel's where it is named.
00:16 keypad li 05211* 30 stop
00:17 keypad li 05211* 30 stop 3
00:18 keypad li 05211*@panel-7 30 stop 2
