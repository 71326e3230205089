# Emergency lighting: lit on command, dark although commanded, mains lost and the battery low, a lamp faulty, its self-test.
rows EL-01
site way-out
without alarm lights-1/emergency-mode
without alarm lights-1/not-lit
without alarm lights-1/mains
without alarm lights-1/battery-low
without alarm lights-1/on-battery
without alarm lights-1/lamp-fault
without alarm lights-1/self-testing
without act
00:05 command li lights-1/start start
00:06 expect wrote lights-1 coil 0 = 1
00:10 expect alarm lights-1/start-command:start
00:10 expect alarm lights-1/emergency-mode:feedback active
00:15 set lights-1/emergency-mode=false
00:25 expect alarm lights-1/not-lit:supervisory "Force it on"
00:30 set lights-1/start-command=false lights-1/mains=false lights-1/on-battery=true lights-1/battery-low=true lights-1/lamp-fault=true
00:36 expect alarm lights-1/mains:mains-fault
00:36 expect alarm lights-1/battery-low:backup-fault
00:36 expect alarm lights-1/lamp-fault:fault
00:40 set lights-1/mains=true
00:55 expect alarm lights-1/on-battery:fault
01:00 command li lights-1/self-test self-test
01:05 expect alarm lights-1/self-testing:test
01:10 end
