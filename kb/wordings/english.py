"""Orders in English, searched in a text in lower case."""

from kb.wordings.choice import english

# what AI does in a kitchen is not answering
_AI = (
    "(?:ai|a\\.i\\.|llm|gpt|chatgpt|chatbot|(?:large_)?language_model|ai_(?:assistant|model|system|agent|tool|summari[sz]er))s?\\b"
    "(?!-|_(?:camera|inspection|monitor|operator|patrol|vision|scale|user|training|course|sensor|recognition|powered|based))"
)
_READER = f"(?:{_AI}|(?:rag|retrieval|question[- ]answering|qa)_(?:pipeline|system|bot|model)s?|summari[sz]ers?|answer(?:ing)?_(?:engine|bot|machine|system)s?)"
_PRIOR = "(?:previous|prior|above|earlier|preceding|foregoing|existing|system|original|initial|your)"
_TOLD = "(?:instruction|prompt|direction|directive|command|guideline|rule|guardrail|message|restriction|conversation|context|training|programming|guidance)s?\\b"
# a rule on paper is replaced by another one
_PAPER = "(?!_(?:sheet|card|label|leaflet|booklet|manual|printed|issued|posted|dated|from|for)\\b)"
_UNBOUND = "(?:unrestricted|unfiltered|uncensored|jailbroken|jailbreak|dan\\b|(?:no|without)_(?:any_)?(?:restrictions|rules|limits|filters|guidelines)|no_longer_bound|free_(?:from|of)_all)"
_ANSWER = "(?:answer|reply|respond|say|output|state)"
_GIVE = "(?:answer|reply|respond|say|output|state|report|recommend|cite|write|print|claim)"
_MUST = "(?:must|should|shall|has_to|have_to|needs?_to|(?:is|are)_(?:required|instructed|ordered)_to|please|kindly)"
_HOW = "(?:(?:always|only|now|simply|just|please|first|then|exactly|with|that)_)*"
_FIGURE = "(?<![a-z\\d.])\\d+(?:\\.\\d+)?\\s?(?:°|℃|degrees?|(?:[cfg]|kg|ml|min|grams?|minutes?|hours?|seconds?|days?)\\b)"
_NUMBER = "(?:\\+?\\d[\\d\\- ]{6,}\\d)"
_LOADED = f"(?:(?:(?!\\b(?:within|after|before|every|until|by|in)\\b)[^.!?\n,]){{0,40}}?(?:{_FIGURE}|{_NUMBER}|https?:)|[:\\s]*[\"“‘'](?!i\\b|we\\b|let_me|please|sorry)[^.!?\n]{{2}})"
# no persons between the question and its answer
_MEANWHILE = "(?:(?!\\b(?:guest|customer|inspector|staff|manager|server|waiter|chef|cook|examiner|teacher|candidate|parent)s?\\b)[^.!?\n])"

ORDERS = [
    # forget what you were told
    *english(
        "ignore disregard forget override bypass",
        "(?<!not @)(?<!n't @)(?<!n’t @)(?<!never @)(?<!if you @)(?<!who @)"
        f"_(?:(?:all|any|the|of|every|each|my|these|those|safety|other|and|or)_)*(?:(?:{_PRIOR}_)(?:(?:{_PRIOR}|and|or|system|safety|the)_)*{_TOLD}{_PAPER}"
        "|(?:(?:instructions|prompts?|rules|guidelines|directions|everything|context|text|anything)_)(?:that_)?(?:(?:above|before)\\b(?!_the_)|you_(?:were|have|ve|are|been)|given_(?:to_you|above)))",
    ),
    *english(
        "discard", f"_(?:(?:all|any|the|of|your)_)*(?:{_PRIOR}_)+{_TOLD}(?=[.!;:\n]|,|_and_{_ANSWER}|\\s*$)"
    ),
    *english(
        "ignore disregard forget",
        f"(?<!not @)(?<!n't @)(?<!never @)(?<!if you @)(?<!who @)_(?:(?:all|any|every)_)+(?:{_PRIOR}_)*(?:{_TOLD}|text|content|passages|sources|documents|material)_(?:and|then|,)_(?:then_)?{_ANSWER}\\b",
    ),
    *english(
        "ignore disregard forget",
        f"_(?:all_)?(?:of_)?(?:the_|what_is_)?(?:above|previous|preceding|prior|earlier)_(?:text_|content_)?(?:and_|then_)+(?:{_ANSWER}|write|tell|act)\\b",
    ),
    *english(
        "forget disregard ignore",
        "(?<!not @)(?<!n't @)(?<!never @)_(?:everything|all|anything)_(?:that_)?you_(?:know|knew|(?:have_)?(?:read|learned|learnt))\\b",
    ),
    *english(
        "set_aside put_aside throw_out",
        "_(?:whatever|everything|all_that|anything)_(?:came|comes|stands|was|is|has)[^.!?\n]{0,16}(?:before|above)",
    ),
    *english(
        "your_earlier your_previous your_prior your_original",
        f"_{_TOLD}_(?:no_longer|do_not|does_not)_appl",
    ),
    *english(
        "stop do_not don't",
        f"_(?:following|follow|obey|obeying)_(?:(?:any|all|the)_)*(?:{_PRIOR}_{_TOLD}|{_TOLD}_(?:above|before)[.;,:]_(?:{_ANSWER}|instead|just)\\b)",
    ),
    *english(
        "new updated real actual",
        f"_(?:system_(?:instructions?|prompt)\\s*:|(?:instructions?|prompt)\\s*:\\s*(?:you\\b|{_ANSWER}|ignore|always_{_ANSWER}|from_now|when_asked|forget|tell_))",
    ),
    *english(
        "end",
        "_of_(?:the_)?(?:document|context|passages?|system_prompt|instructions)\\b.{0,20}(?:system|new|user|assistant)",
    ),
    # be another
    *english(
        "you_are_now you're_now from_now_on_you_are you_will_now_be",
        f"_(?:an?_|the_|my_|called_|named_|in_|acting_as_)?(?:[^.!?\n]{{0,40}}?(?:{_AI}|{_UNBOUND}|assistant\\b(?!_(?:chef|cook|manager))|pirate|hacker|(?:developer|god|debug|admin)_mode)"
        f"|[^.!?\n]{{0,60}}\\b{_ANSWER}_(?:with|only|every|all|that|:))",
    ),
    *english("you_are_a you_are_an", f"_[^.!?\n]{{0,30}}_who_(?:always_)?(?:says|answers|replies){_LOADED}"),
    *english(
        "from_now_on from_this_point_on from_this_point_forward henceforth",
        f"_(?:you_)?(?:must_|will_|should_|always_|only_)*{_ANSWER}\\b",
    ),
    *english("pretend act_as roleplay role-play simulate imagine", f"[^.!?\n]{{0,30}}(?:{_AI}|{_UNBOUND})"),
    *english("enter activate enable switch_to", "_(?:the_)?(?:dan|jailbreak|unrestricted|god)_mode"),
    # whoever is a machine
    *english(
        "if_you_are if_you're as",
        f"_(?:an?_|the_)?(?:{_AI}|(?:(?:ro)?bot|machine|computer_program)\\b)_[^.!?\n]{{0,40}}(?:you_(?:must|should|will|have)|{_ANSWER}|please|ignore)",
    ),
    *english(
        "attention note message instructions instruction notice dear hey hello important memo p.s.",
        f"_(?:(?:to|for)_|[:,]_)?(?:(?:all|any|the|every)_)*{_AI}(?=_(?:please|must|should|shall|you|reading|that|who|which|assistant|the)\\b|\\s*(?:[:,;.!)\n]|$))",
    ),
    *english("to_any to_all to_every", f"_{_READER}\\s*[:,]"),
    *english(
        "note_for_the note_to_the message_for_the message_to_the",
        f"_(?:assistant|bot|model|{_READER})\\s*[:：,-][^.!?\n]{{0,24}}\\b(?:{_GIVE}|treat|use|quote)\\b",
    ),
    *english("for_machines for_bots for_robots for_models", "\\s*[:;,][^.!?\n]{0,60}\\d"),
    *english(
        "the any every all",
        f"_{_READER}_(?:(?:reading|processing|that_reads|that_cites|citing|using_this)_|{_MUST}_{_HOW}{_GIVE}_(?:{_LOADED}|this_(?:page|passage|document|text)\\b))",
    ),
    *english(
        "ai llm chatbot language_model summari",
        f"(?:[sz]er)?(?:_(?:assistant|model|system|agent|bot))?s?\\b_{_MUST}_{_HOW}{_GIVE}_(?:{_LOADED}|that(?!_(?:it|they|the_(?:answer|reply))_)_)",
    ),
    *english("summariser summarizer", f"\\s*[:,]_{_HOW}{_GIVE}\\b"),
    *english("any all every no", f"_{_READER}_(?:that|which|who)_[^.!?\n]{{0,40}}{_MUST}_{_HOW}{_GIVE}\\b"),
    *english(
        "whoever whatever",
        "_(?:generates|writes|produces|composes)_(?:the|your|an?|this)_(?:answer|reply|response|summary)",
    ),
    *english("the_rest_of_the", "_knowledge_base"),
    *english(
        "ignore skip disregard", "_(?:the|all|any)_other_(?:sources|passages|chunks|documents)_(?:and|,)"
    ),
    *english("you_are_a you_are_an", f"_[^.!?\n]{{0,20}}(?:{_AI}|helpful_assistant)"),
    *english("software programs bots models", "_that_(?:writes?|generates?|produces?)_answers?"),
    *english(
        "language_models ai_models llms llm chatbots chatbot assistants",
        f"\\s*:_(?:please_)?(?:{_GIVE}|treat|use|ignore|skip|never|always|rank|do_not)\\b",
    ),
    *english("addressed_to written_for directed_at intended_for", f"_(?:(?:the|all|any|every)_)*{_READER}"),
    *english(
        "summaries_of summary_of translations_of",
        f"_this_(?:page|document|text|article|file|passage)_{_MUST}_{_HOW}{_GIVE}\\b",
    ),
    *english("the_person_chatting the_user_chatting", "_with_you"),
    *english("rank", "_this_(?:chunk|passage|document|page)_first"),
    *english("any every", "_assistant_(?:that|who|which)_(?:reads?|quotes?|cites?|retrieves?)_this\\b"),
    *english("any all every", "_bots?_(?:quoting|reading|citing|using|processing|that|who|which)_"),
    *english(
        "retrieval_pipeline retrieval-augmented rag_pipeline context_window prompt_injection",
        f"[^.!?\n]{{0,40}}\\b(?:{_GIVE}|you_must|ignore)\\b",
    ),
    *english(
        "in_all in_every in_each",
        "_(?:repl(?:y|ies)|answers?|responses?)_(?:,_)?(?:mention|recommend|say|add|promote|advertise)\\b",
    ),
    *english(
        "source sources document documents passage passages",
        "_other_than_this_(?:one|document|passage|source|page|text)\\b",
    ),
    *english(
        "in_every in_all", "_(?:answers?|repl(?:y|ies)|responses?)_you_(?:give|write|generate|produce|make)"
    ),
    *english(
        "ignore disregard forget",
        f"(?<!not @)(?<!n't @)(?<!never @)(?<!who @)_(?:the|all|any)_(?:handbook|manual|regulations?|guidelines?|safety_rules)\\s*[;:,]_(?:from_(?:here|now|this)|{_ANSWER}|the_\\w+_(?:is|are)|just|instead)",
    ),
    *english(
        "the_assistant",
        f"_(?:must|should|shall|will)_(?:always_|only_|now_)*(?:answer|reply|respond|output)_(?:that\\b|{_LOADED})",
    ),
    *english("users_asking users_who_ask", "\\b[^.!?\n]{0,40}_(?:should|must|shall|are_to)_be_told"),
    *english(
        "pretend",
        "_(?:that_)?(?:the|all|these|those|any)_[^.!?\n]{0,30}(?:do|does|did|don't|doesn't)_(?:not_)?(?:exist|apply)",
    ),
    *english(
        "your",
        "_(?:only|sole|new|real|true)_(?:task|job|purpose|role|mission)_(?:is_|:_)(?:to_)?(?:repeat|say|answer|output|reply|respond|tell)",
    ),
    *english(
        "when_you if_you whenever_you",
        "_(?:generate|formulate)_(?:an?|your|the|any)_(?:repl(?:y|ies)|answers?|responses?|summar(?:y|ies))",
    ),
    *english("you_are_a you_are_an", "_[^.!?\n]{0,16}\\b(?:chat)?bot\\b"),
    *english("begin", "_(?:system_prompt|hidden|injected|instructions?_for)"),
    *english("ai", "(?<![a-z]@)\\s*[,:]_(?:please|kindly|you|ignore|always|answer|say)\\b"),
    *english(
        "dear hello hi hey",
        "_(?:assistant|bot|model)_[,:]_(?:please|kindly|you|when|if|always|answer|say)\\b",
    ),
    # give this out
    *english(
        "always",
        f"(?<![a-z,] @)_(?:respond|answer|reply|say)_(?:that\\b|with_(?:yes|no|the_(?:word|phrase))\\b|{_LOADED})",
    ),
    *english("respond reply", "_(?:only_with|with_only|with_exactly|exactly_with)\\b"),
    *english(
        "your",
        f"_(?:answer|reply|response|output)_(?:to_(?:the_)?users?_)?(?:must|should|shall)_(?:(?:only|always)_)*(?:(?:begin|start|end)_with|say|state{_LOADED}|be_{_LOADED})",
    ),
    *english(
        "when if",
        f"(?:ever)?_(?:(?:the_|a_)?users?|(?:you_are_)?asked|anyone|anybody|someone)\\b{_MEANWHILE}{{0,60}}\\b(?:{_ANSWER}|tell_(?:them|him|her|the_user|users?)){_LOADED}",
    ),
    *english(
        "tell_whoever inform_whoever inform_the_person tell_the_person",
        f"_(?:who_)?ask(?:s|ing)?_(?:that_)?(?:{_LOADED}|[^.!?\n]{{0,30}}\\b(?:is|are)_(?:fine|safe|allowed))",
    ),
    *english(
        "tell_the_user tell_users",
        f"_(?:to_(?:visit|add|click|send|pay|open)|to_call_{_NUMBER}|that_(?:it|the_meat|they)|the_following|:)",
    ),
    *english(
        "whatever_the no_matter_what",
        f"_(?:question|query|(?:you_are|is)_asked|the_question)[^.!?\n]{{0,30}}\\b(?:repl(?:y|ies)|answers?|say|respond|response)\\b_(?:(?:is|must_be|should_be)_)?{_LOADED}",
    ),
    *english(
        "answer reply_to respond_to",
        "_(?:every|any|all)_(?:question|query|request|prompt)s?_with_(?:[\"“‘']|yes\\b(?!_or)|no\\b|the_(?:word|phrase|sentence))",
    ),
    *english(
        "every all each any",
        f"_(?:responses?|answers?|reply|replies|outputs?)_(?:generated|based|derived|from|drawn)[^.!?\n]{{0,40}}{_MUST}_(?:begin|start|end|{_GIVE}|contain|include)",
    ),
    *english("you_follow_only you_obey_only you_now_follow you_only_follow", "_me\\b"),
    *english("answer_as_if respond_as_if reply_as_if", _LOADED),
    *english(
        "when_generating when_composing when_producing",
        f"_(?:an?_|the_|your_)?(?:summary|summaries|answers?|responses?|repl(?:y|ies))\\b[^.!?\n]{{0,40}}\\b(?:{_GIVE}|omit|leave_out|include|mention|use|prefer)\\b",
    ),
    *english("the_answer the_correct_answer the_only_answer", f"_to_(?:any|all|every)_questions?{_LOADED}"),
    *english(
        "ai_should ai_must ai_shall chatbot_should chatbot_must assistants_should assistants_must",
        "_tell_(?:the_)?(?:users?|anyone|people|customers?|readers?)_[^.!?\n]{0,30}\\b(?:is|are)_(?:safe|fine|ok|okay|allowed|enough|sufficient|optional)\\b",
    ),
    *english(
        "rely_on_only trust_only cite_only use_only",
        "_this_(?:passage|section|document|source|page)\\b_(?:and|to|for|as)_(?:your_)?(?:answer|write|say|reply|respond|the_source)",
    ),
    *english("use_only", f"_this_(?:passage|section|document|source|page)_and_(?:{_GIVE})"),
    *english("all_responses all_answers all_replies", f"_[^.!?\n]{{0,40}}(?:shall|must)_{_GIVE}{_LOADED}"),
    *english(
        "developer_note system_notice system_note", f"\\s*[:-][^.!?\n]{{0,40}}\\b{_MUST}_{_HOW}{_GIVE}\\b"
    ),
    *english(
        "when_summarizing when_summarising when_translating when_quoting when_paraphrasing",
        f"_(?:this|the)_(?:document|page|passage|file|manual|text|article)[^.!?\n]{{0,24}}(?:say_that|state_that|claim|omit|leave_out|(?:list|say|write|put|state)_{_LOADED})",
    ),
    *english(
        "repeat output print say",
        "_the_(?:following|above|text_below)_(?:text_|words_)?(?:verbatim|exactly|word_for_word)",
    ),
    *english("and instead then", "_(?:only_|just_)?(?:say|output)_[\"“'‘]?(?:hacked|pwned|yes_to)"),
    *english(
        "you_must you_will you_should you_shall you_have_to",
        f"_(?:always_|only_|now_|simply_)*(?:respond|reply|answer|output|say)_(?:only_)?(?:that|:|yes\\b(?!_or)|with(?!_yes_or)_|{_FIGURE})",
    ),
    *english("the_model the_bot", f"_(?:must|should|shall|will)_(?:always_|only_|now_)*{_ANSWER}\\b"),
    *english(
        "when_answering when_responding when_replying in_your_answer in_your_reply in_your_response",
        "(?!_(?:the_)?(?:phone|telephone|call|guest|customer|question))[^.!?\n]{0,20}\\b"
        f"(?:cite_(?:only|this|the_following)|do_not_(?:cite|mention|use)|never_(?:cite|mention)|(?:must|always|only)_(?:cite_this|say|{_GIVE}{_LOADED}|tell))",
    ),
    *english(
        "what_is what's what_are", "_your_(?:system|initial|hidden|original)_(?:prompt|instructions|message)"
    ),
    *english(
        "you_are_no_longer you're_no_longer", f"_[^.!?\n]{{0,30}}(?:{_AI}|assistant\\b|bound_by|restricted)"
    ),
    # this and nothing else
    *english("trust prefer prioritize prioritise", "_this_(?:passage|document|source|text)_(?:over|above)"),
    *english("cite quote", "_(?:only_this|this_(?:document|passage|source|text)_only)"),
    *english(
        "do_not don't never",
        "_(?:mention|cite|quote|use|reveal|reference)_(?:(?:any|the|this|these|your)_)*(?:other_(?:passage|source)s?|other_documents?\\b(?!_in_)|(?:system_)?prompt)",
    ),
    *english(
        "disregard ignore",
        "_(?:what|everything|anything)_(?:that_)?(?:the_)?(?:handbook|manual|rules?|law|other_passages?)_says?",
    ),
    *english("system admin", "_override\\s*(?:[:\\])】]|[-—]\\s)"),
    # show what you were told
    *english(
        "reveal repeat print show output leak display disclose translate summarize summarise tell_me give_me",
        "_(?:me_)?(?:(?:your|the|all|full|entire|of)_)*(?:your_(?:(?:system|initial|hidden|original|full)_)*(?:prompt|instructions)|(?:system|hidden|initial)_prompt(?!s))",
    ),
    *english("you_were", "_(?:configured|prompted|programmed|initiali[sz]ed)_with\\b"),
    *english("translate", "[^.!?\n]{0,50}\\b(?:execute|obey|follow)_(?:it|them|this)\\b"),
    *english("decode decrypt", "[^.!?\n]{0,40}(?:base_64|follow|execute|obey)"),
    *english("rot-13 rot13", "[^.!?\n]{0,20}\\b(?:apply|follow|execute|reply|answer)\\b"),
    *english("followed_after obeyed_after", "_decoding"),
]
