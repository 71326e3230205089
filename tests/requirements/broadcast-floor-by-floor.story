# Broadcast: the fire floor is evacuated and its neighbour alerted, each proven behind the amplifier; a floor that stays silent is told
# with what to do; a broken line is known before.
rows BC-01
site way-out
without alarm broadcast-1/floor-2
without alarm broadcast-1/floor-1
without alarm broadcast-1/floor-3
without alarm broadcast-1/fault
without act
00:05 command li broadcast-1/floor-2 start
00:05 command chen broadcast-1/floor-1 alert
00:06 expect wrote broadcast-1 coil 4 = 1
00:06 expect wrote broadcast-1 coil 1 = 1
00:10 expect point broadcast-1/floor-2.evacuating true
00:10 expect alarm broadcast-1/floor-2:feedback "Floor 2 broadcast"
00:10 expect alarm broadcast-1/floor-1:feedback "Floor 1 broadcast"
00:15 set broadcast-1/floor-3.command=true broadcast-1/floor-3.line-fault=true broadcast-1/fault=true
00:30 expect alarm broadcast-1/floor-3:supervisory "Speak by microphone"
00:30 expect alarm broadcast-1/floor-3:fault "line"
00:30 expect alarm broadcast-1/fault:fault
00:35 end
