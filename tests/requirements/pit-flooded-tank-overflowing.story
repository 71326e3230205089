# Pits and tanks: a pit above its start level in which no pump runs, then the flood; a tank that runs empty, one that overflows, floats
# and transducer that disagree.
rows WS-02 FA-20
site water
without alarm pit-1/not-pumping
without alarm pit-1/flood
without alarm pit-1/no-pump
without alarm pit-1/dry
without alarm tank-1/level
without alarm tank-1/overflow
without alarm tank-1/mismatch
without alarm tank-1/outlet-open
without act
00:05 set pit-1/above-stop=true pit-1/high=true pit-1/pump-1-fault=true
00:40 expect alarm pit-1/not-pumping:supervisory "Start a pump by hand"
00:45 command li pit-1/start start
00:46 expect wrote pit-1 coil 0 = 1
00:50 expect point pit-1/pump-1-running true
00:55 set pit-1/pump-1-running=false pit-1/pump-2-fault=true pit-1/flood=true
01:00 expect alarm pit-1/flood:emergency sounding "sandbags"
01:00 expect alarm pit-1/no-pump:supervisory
01:05 set pit-1/flood=false pit-1/high=false pit-1/above-stop=false pit-1/pump-2-fault=false pit-1/pump-2-running=true tank-1/level=1.2 tank-1/outlet-open=false
01:25 expect alarm tank-1/level:limit:low
01:25 expect alarm tank-1/outlet-open:supervisory
02:15 expect alarm pit-1/dry:fault
02:20 set tank-1/level=0.3
02:40 expect alarm tank-1/level:limit:low-low "Fill it at once"
02:45 set tank-1/overflow=true tank-1/level=1.9
02:50 expect alarm tank-1/overflow:emergency
03:55 expect alarm tank-1/mismatch:fault
04:00 end
