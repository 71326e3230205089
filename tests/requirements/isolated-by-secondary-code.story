# One device is isolated, and its isolation cancelled, by its secondary code and type: 042146 type 30 is building 2, floor 4, device 146, a water-flow
# indicator. The panel isolates it; its row shows it, and nothing of it sounds or commands until it is released.
rows FA-15
site keypad
without alarm panel-1/m1
without edit panel-1.csv | 042146,30 | 042146,31
without edit site.toml | control = true | control = false
without act
00:02 keypad li 04214 30 isolate
00:02 expect answer refused bad-code
00:03 keypad li 042146 31 isolate
00:03 expect answer refused nothing-addressed
00:04 expect wrote none
00:05 keypad li 042146 30 isolate
00:05 expect answer done
00:05 expect event commands-addressed "042146" "30" "panel-1/m1"
00:07 expect wrote panel-1 coil 2 = 1
00:12 expect event command-confirmed
00:12 expect alarm panel-1/m1:disabled active "Floor 4 water-flow indicator" "042146" "30"
00:15 set panel-1/m1.active=true
00:20 expect alarm panel-1/m1:supervisory disabled silent active
00:30 keypad li 042146 30 release
00:32 expect wrote panel-1 coil 3 = 1
00:40 expect none panel-1/m1:disabled
00:40 expect alarm panel-1/m1:supervisory sounding active
01:00 end
