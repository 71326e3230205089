# The pump was started for a fire that turns out to be false: neither the verdict, nor the reset, nor a linkage that says so stops it. A person
# does, by an act of their own.
rows FA-03 FA-18 FL-03
site true-fire
without edit device-profiles/pump-by-keys/profile.toml | class = "sprinkler-pump" | class = "booster"
without linkage extinguish
without act
00:05 set panel-1/d1.alarm=true
00:10 ack li panel-1/d1:fire
00:11 judge li panel-1/d1:fire real
00:14 expect wrote pump-1 coil 0 = 1
00:20 expect point pump-1/running true
00:25 judge li panel-1/d1:fire false steam from the kitchen
00:25 expect event linkage-met "stop-when-false"
00:27 expect event action-proposed "person-stops"
00:30 set panel-1/d1.alarm=false
00:40 reset li building 1
01:30 expect none panel-1/d1:fire
01:30 expect point pump-1/running true
01:30 expect alarm pump-1/running:feedback active
01:35 command li pump-1/stop stop
01:40 expect wrote pump-1 coil 1 = 1
01:45 expect point pump-1/running false
01:50 end
