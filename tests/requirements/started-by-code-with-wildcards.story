# Start and stop by secondary code and type, with * for any digit in both: many devices by one act, but only when the person names how many
# were shown, and never what releases agent.
rows FA-18
site keypad
without edit panel-1.csv | 042152,19 | 042152,18
without edit device-profiles/coded-panel/profile.toml | danger = "discharge", | 
without status panel-1/start-manual-allowed
without act
00:01 set panel-1/start-manual=true
00:05 keypad li 042151 19 start
00:08 expect wrote panel-1 coil 10 = 1
00:10 expect point panel-1/m2.active true
00:15 keypad li 0421** 19 start
00:15 expect answer refused confirm-count
00:16 keypad li 0421** 19 start 3
00:16 expect answer refused confirm-count
00:17 keypad li 0421** 19 start 2
00:17 expect answer done
00:17 expect event commands-addressed "0421**" "panel-1/m2" "panel-1/m3"
00:20 expect wrote panel-1 coil 20 = 1
00:22 expect point panel-1/m3.active true
00:22 expect point panel-1/m4.active false
00:25 keypad li ****** 1* start 3
00:25 expect answer done
00:30 expect wrote panel-1 coil 30 = 1
00:40 keypad li ****** 19 stop 3
00:40 expect answer done
00:45 expect wrote panel-1 coil 11 = 1
00:45 expect wrote panel-1 coil 21 = 1
00:45 expect wrote panel-1 coil 31 = 1
00:50 expect point panel-1/m2.active false
00:50 expect point panel-1/m3.active false
00:50 expect point panel-1/m4.active false
00:55 keypad li 042160 19 start
00:55 expect answer refused discharge-refused
00:56 keypad li 04216* 19 start
00:56 expect answer refused nothing-addressed
01:30 expect point panel-1/r1.released false
01:30 end
