# A dangerous command takes two acts of the same person within ten seconds, the second naming the first.
00:10 command li pump-1/pump start
00:11 arm li pump-1/pump start
# Sent without naming it: the answer says what is armed.
00:12 command li pump-1/pump start
# Somebody else cannot fire it, nor take it from li; nor does it fire another command.
00:13 fire wang pump-1/pump start
00:14 fire li pump-1/pump stop
00:15 fire li pump-1/pump start
00:15.1 news pump-1/pump start accepted
00:16 news pump-1/pump start confirmed
00:17.2 news pump-1/pump start pulse-ended
# It is used up.
00:18 fire-id li pump-1/pump start 1-3
# Ten seconds are over.
00:30 arm li pump-1/pump start
00:40 fire li pump-1/pump start
# A restart ends every arming.
00:50 arm li pump-1/pump start
00:51 kill
00:52 fire-id li pump-1/pump start 1-9
