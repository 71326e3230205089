# What a hostile rule file gets past the configuration, the gate refuses: one detection, a person's command alone, a permission that nobody can read.
# Nothing is ever released. (What the configuration refuses: a wildcard, no delay, one detection, a release that is not called one:
# tests/rejected/linkage-discharge.)
rows FA-16 GX-01
site linked
without linkage gas
without act
00:01 set panel-1/start-auto=true panel-1/start-manual=true gas-1/spray-allowed=true
00:05 set panel-1/d1=true
00:40 expect events linkage-met = 0
00:41 command li gas-1/start start
00:41 expect answer refused discharge-refused
00:45 fault gas-1 silent
01:10 expect unknown gas-1/spray-allowed
01:15 set panel-1/d2=true
01:20 expect event linkage-met "gas"
01:55 expect event action-proposed "spray"
01:56 do li gas 0
02:00 expect wrote none
02:30 do li gas 0
03:30 expect wrote none
03:30 expect none gas-1/released:discharge
03:30 end
