# An overload trip is latched until it is acknowledged and reset. The third within a day is a repeated nuisance trip, and says so.
rows FW-03
site small
without latch supervisory
without status pump-1/tripped
00:05 set pump-1/overload-trip=true
00:08 expect alarm pump-1/overload-trip:supervisory active unacknowledged
00:08 expect event trip-counted "pump-1"
00:10 set pump-1/overload-trip=false
00:14 ack li pump-1/overload-trip:supervisory
00:15 expect alarm pump-1/overload-trip:supervisory quiet latched acked
00:16 reset li device pump-1
00:17 expect answer done
00:20 expect none pump-1/overload-trip:supervisory
00:30 set pump-1/overload-trip=true
00:35 set pump-1/overload-trip=false
00:45 set pump-1/overload-trip=true
00:50 expect events trip-counted = 3
00:50 expect alarm pump-1/repeated-trips:fault "raise"
00:55 end
