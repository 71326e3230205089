# Fire telephone: a call-in is an emergency, a handset that was left off its hook and a broken line are told.
rows BC-01
site way-out
without alarm phone-1/extension-1
without alarm phone-1/extension-2
00:05 set phone-1/extension-1.call=true phone-1/extension-1.off-hook=true
00:08 expect alarm phone-1/extension-1:emergency sounding "Answer at the host at once"
00:08 expect alarm phone-1/extension-1:feedback
00:08 expect published alarm/ "Pump-room telephone"
00:20 set phone-1/extension-1.call=false
00:24 expect alarm phone-1/extension-1:emergency quiet
00:25 set phone-1/extension-2.line-fault=true
00:29 expect alarm phone-1/extension-2:supervisory "Floor 3 telephone socket"
02:30 expect alarm phone-1/extension-1:fault "hang it up"
02:35 end
