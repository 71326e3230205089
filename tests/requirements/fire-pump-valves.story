# The conditions of a start: inlet and outlet fully open, test and drain valves closed, the selector in automatic.
rows FW-05 FA-13
site small
without alarm pump-1/inlet-valve-open
without alarm pump-1/selector-auto
00:05 set pump-1/inlet-valve-open=false
00:10 expect alarm pump-1/inlet-valve-open:supervisory active "valve"
00:12 set pump-1/outlet-valve-open=false
00:18 expect alarm pump-1/outlet-valve-open:supervisory active
00:20 set pump-1/test-valves-closed=false
00:26 expect alarm pump-1/test-valves-closed:supervisory active
00:28 set pump-1/selector-auto=false pump-1/selector-manual=true
00:35 expect alarm pump-1/selector-auto:supervisory active unacknowledged sounding
00:40 set pump-1/inlet-valve-open=true pump-1/outlet-valve-open=true pump-1/test-valves-closed=true pump-1/selector-auto=true pump-1/selector-manual=false
00:50 expect alarm pump-1/inlet-valve-open:supervisory quiet latched
00:55 end
