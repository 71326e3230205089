# In a drill two detections, the permission and no abort release nothing, neither by the linkage nor by a person; judged real, it is no drill any more,
# and a person releases it, after its delay.
rows FA-16 GX-01
site linked
without linkage gas
without edit site.toml | delay = "30s" | delay = "1s"
without act
00:01 set panel-1/start-auto=true panel-1/start-manual=true gas-1/spray-allowed=true
00:02 drill zhao 1 30 spring drill
00:05 set panel-1/d1=true panel-1/d2=true
00:10 expect event linkage-met "gas"
00:45 expect event action-proposed "drill"
00:46 do li gas 0
01:30 expect wrote none
01:31 command li gas-1/start start
01:31 expect answer refused discharge-refused
01:35 judge li panel-1/d1:fire real
01:36 judge li panel-1/d2:fire real
01:40 do li gas 0
02:05 expect wrote none
02:15 expect wrote gas-1 coil 0 = 1
02:16 set gas-1/released=true
02:25 expect alarm gas-1/released:discharge active sounding
02:30 end
