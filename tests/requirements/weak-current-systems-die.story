# Weak-current systems: healthy or not, by a watchdog relay or by a heartbeat that is counted; one that lost its supply runs on its
# battery for a while.
rows WC-01
site weak-current
without alarm weak-1/system-1
without alarm weak-1/system-2
without alarm weak-1/system-3
without alarm weak-1/pulsing-4
without alarm weak-1/system-6
00:02 step ramp = [{ point = "weak-1/pulsing-4.beats", to = 1260, over = "60s" }, { point = "weak-1/pulsing-5.beats", to = 2000, over = "800s" }]
00:05 set weak-1/system-1.healthy=false weak-1/system-2.mains=false weak-1/system-2.on-battery=true
00:15 expect alarm weak-1/system-1:fault sounding "Video surveillance"
00:15 expect alarm weak-1/system-2:mains-fault
00:15 expect alarm weak-1/system-2:feedback "battery"
00:20 set weak-1/system-3.healthy=false weak-1/system-6.healthy=false
00:30 expect alarm weak-1/system-3:fault "Door intercom"
00:30 expect alarm weak-1/system-6:fault "Public address"
01:10 expect none weak-1/pulsing-4:fault
02:30 expect alarm weak-1/pulsing-4:fault "Guard tour"
02:30 expect none weak-1/pulsing-5:fault
02:35 end
