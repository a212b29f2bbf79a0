-- redis.lua - the transfer as a script of Redis: as many as the call brings.
-- KEYS      for each transfer: source, target, id; with claims also reference and evidence
-- ARGV      for each transfer: points
-- Answers   for each transfer: 0 done; 1 the id, reference or evidence was used before; 2 too few points. What is not
--           done changes nothing.
-- Left out  account by account lists of postings; outcomes of refused ids kept for ever. Unknown accounts hold 0.
local outcomes = {}
local width = #KEYS / #ARGV
for i = 1, #ARGV do
	local at = (i - 1) * width
	local source, target, id, points = KEYS[at + 1], KEYS[at + 2], KEYS[at + 3], ARGV[i]
	local fresh
	if width == 3 then
		fresh = redis.call('SETNX', id, '')
	else
		fresh = redis.call('MSETNX', id, '', KEYS[at + 4], '', KEYS[at + 5], '')
	end
	if fresh == 0 then
		outcomes[i] = 1
	elseif redis.call('DECRBY', source, points) < 0 then
		redis.call('INCRBY', source, points)
		redis.call('DEL', unpack(KEYS, at + 3, at + width))
		outcomes[i] = 2
	else
		redis.call('INCRBY', target, points)
		redis.call('RPUSH', 'postings', id .. source .. ' -' .. points, id .. target .. ' ' .. points)
		outcomes[i] = 0
	end
end
return outcomes
