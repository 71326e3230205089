# Spray permission: while it is not given, or the abort is held, nothing releases the agent, neither the linkage nor a person.
# Given, with two detections and no abort, it is released after its evacuation delay.
rows FA-16 GX-01
site linked
without linkage gas
without status gas-1/spray-allowed
without status gas-1/aborted
without alarm panel-1/d2
without act
00:01 set panel-1/start-auto=true panel-1/start-manual=true
00:05 set panel-1/d1=true
00:06 set panel-1/d2=true
00:10 expect event linkage-met "gas"
00:45 expect event action-proposed "spray-permission"
00:46 do li gas 0
00:47 command li gas-1/start start
00:50 expect wrote none
00:55 set gas-1/spray-allowed=true
01:00 do li gas 0
01:02 expect event action-released "30000000"
01:20 set gas-1/aborted=true
01:40 expect event action-proposed "abort"
01:41 do li gas 0
01:44 expect wrote none
01:45 set gas-1/aborted=false
01:50 do li gas 0
02:15 expect wrote none
02:24 expect wrote gas-1 coil 0 = 1
02:25 set gas-1/released=true
02:30 expect event feedback-arrived
02:30 expect alarm gas-1/released:discharge active
02:35 end
