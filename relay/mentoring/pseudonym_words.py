"""The words that pseudonyms are made of: pleasant and plain, without a hint at gender, culture, belief, age or body.

None is a first name, so that nobody takes a pseudonym for a real name.
"""

ADJECTIVES = tuple(
    """
    active adept agile airy alert alive ample apt artful attentive aware balanced beaming blithe bold bonny bouncy
    brave breezy bright brisk bubbly buoyant calm candid capable careful caring cheerful cheery civil clear clever
    close coastal colourful comfy composed constant content cordial cosmic cosy courteous crafty creative crisp
    curious dapper daring dashing dazzling decent deft dependable diligent direct distant dreamy driven dynamic
    eager early earnest eastern easy easygoing elated electric elegant eloquent endless energetic engaged
    enthusiastic evergreen excited expert fabled famous fearless festive fine firm fleet floating flowing fluent
    flying focused fond forthright free fresh friendly frosty funny generous gentle genuine gifted glad gleaming
    glistening glowing golden good graceful gracious grand grassy grateful handy happy hardy harmonious hearty
    helpful high honest hopeful humble humming humorous idyllic imaginative inland inquisitive inspired inventive
    jaunty jolly jovial joyful jubilant keen kind kindly knowing lasting laughing leafy learned level light likable
    lilting lively lofty loyal lucid lucky luminous lyrical magnetic mellow merry mighty mild mindful modest moonlit
    musical neat neighbourly nimble noble northern novel observant open optimistic orderly original outgoing patient
    peaceful peppy perky placid playful pleasant plucky poetic poised polished polite prompt prudent quick quiet
    quirky radiant rapid ready relaxed reliable resilient resourceful restful robust rosy rugged rustic sensible
    serene sharp shimmering shining silent silken silver simple sincere singing skilful smart smiling smooth snowy
    snug sociable soft solar solid soothing southern sparkling speedy spirited splendid sprightly spry stalwart
    starlit starry steadfast steady stellar sterling still strong sturdy sunlit sunny supple sure tactful talented
    tender thankful thorough thoughtful thriving tidy timely tireless tranquil trusted trusting trusty upbeat upland
    upright valiant verdant versatile vibrant vigilant vital vivid wakeful wandering warm watchful western whimsical
    wide willing winding windy winged wise witty wondering wondrous woodland zealous zesty zippy
    """.split()  # noqa: SIM905 -- a list of 300 words reads best as words
)

NOUNS = tuple(
    """
    acorn agate albatross alder alpaca anchor antler apple apricot arbour archipelago aspen atoll avocet badger
    bamboo banyan baobab bay bayou beach beacon beaver beech birch bison blossom bluff boulder bramble breeze
    buffalo bulrush bumblebee butte buzzard cactus canopy canyon cape caribou cascade catkin cedar channel chestnut
    chickadee cicada citron cloud cobble coconut comet condor cone coppice cormorant corncrake cosmos cove crane
    crater creek crest cricket crocus curlew current cypress daffodil dandelion daybreak deer delta dewdrop dingle
    dolphin dove dragonfly drizzle dune eagle echo eclipse eddy egret eider elm ember equinox estuary eucalyptus
    falcon feather fennel field fig firefly fjord flamingo flax flint foothill fountain foxglove frost fulmar galaxy
    gannet garden gazelle geyser ginkgo glacier glade gorge gorse granite grass grebe grotto grouse grove harbour
    hare harvest hawk hawthorn headland hedge hedgehog heron hill hillside hilltop hollow horizon hornbeam
    hummingbird ibex ibis iceberg inlet island islet jackdaw kestrel kingfisher kite kittiwake knoll koala lagoon
    lake lakeside lantern lapwing larch lark leaf ledge lichen lighthouse lime limestone linnet llama loch lynx
    magpie mangrove maple marsh marten meadow mesa meteor mist mongoose moon moonbeam moorland moss mountain
    mulberry narwhal nebula nectar nest nettle nightingale nimbus nutmeg oak oasis ocean ocelot orbit orchard orchid
    oriole osprey otter owl oyster palm pampas panda papaya paprika pasture path peak pear pebble pelican penguin
    peninsula petal petrel pheasant pine pinecone planet plateau plover plum pomelo pond poplar porcupine prairie
    ptarmigan puffin quail quartz quince quokka rain rainbow raindrop rapids ravine redwood reef ridge ripple river
    riverbank roadrunner sandbank sandpiper sapling savanna seagull seal seashell sequoia shore shoreline skylark
    snowdrop snowflake solstice sparrow spring spruce squirrel starling steppe stone stork stream summit sunbeam
    sunflower sunrise swan swift sycamore tamarind tern terrace thicket thistle thunder tide tortoise toucan trail
    tulip tundra turnstone turtle valley vine volcano wagtail walnut waterfall waterlily wave wetland wheat
    whirlwind wildflower windmill wombat woodpecker yarrow yew zebra zenith zephyr
    """.split()  # noqa: SIM905 -- a list of 300 words reads best as words
)
