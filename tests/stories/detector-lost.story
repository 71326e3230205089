# A detector reports trouble and falls off its loop; it is isolated while its base is cleaned, and released.
scenario detector-lost
00:10 ack li panel-1/l2-d14:fault
00:40 isolate li panel-1/l2-d14 30 base is being cleaned
01:50 release li panel-1/l2-d14
02:00 end
