# Shutters left in manual, doors that do not close when released, doors that stand open, lost supplies: each is told.
rows SH-01
site shutters
without alarm shutter-1/selector-auto
without alarm shutter-1/mains
without alarm shutter-1/not-open
without alarm doors-1/open-door-1
without alarm doors-1/open-door-2
without alarm doors-1/closed-door-1
without act
00:05 set shutter-1/selector-auto=false shutter-1/selector-manual=true shutter-1/mains=false doors-1/closed-door-1.latched=false
00:12 expect alarm shutter-1/selector-auto:supervisory "back to auto"
00:12 expect alarm shutter-1/mains:mains-fault
00:15 command li doors-1/open-door-1 start
00:16 expect wrote doors-1 coil 0 = 1
00:30 expect alarm doors-1/open-door-1:feedback "Lobby fire door"
00:40 set doors-1/open-door-2.held=false
01:15 expect alarm doors-1/open-door-2:supervisory "Close it by hand"
01:15 expect alarm doors-1/closed-door-1:supervisory "Floor 2 stair fire door"
01:20 set shutter-1/open-limit=false
04:30 expect alarm shutter-1/not-open:fault
04:35 end
