"""Words in dates in many languages (after Unicode CLDR): months, days, parts of the day."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from relay.anonymise.names.fold import skeleton_of

_WORDS = """
ar: يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر الأحد الاثنين الثلاثاء
    الأربعاء الخميس الجمعة السبت ص م صباحًا مساءً
bg: януари февруари март април май юни юли август септември октомври ноември декември неделя понеделник
    вторник сряда четвъртък петък събота пр.об сл.об яну фев апр авг сеп окт ное дек нд пн вт ср чт пт
    сб am pm
bn: জানুয়ারী ফেব্রুয়ারী মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর রবিবার
    সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার শনিবার জানু ফেব এপ্রি জুল আগ সেপ অক্টো নভে ডিসে রবি সোম
    মঙ্গল বুধ বৃহস্পতি শুক্র শনি
ca: de gener febrer març d’abril maig juny juliol d’agost setembre d’octubre novembre desembre diumenge
    dilluns dimarts dimecres dijous divendres dissabte a m p gen febr d’abr jul d’ag set d’oct nov des
    dg dl dt dc dj dv ds abril agost octubre abr ag oct
cs: ledna února března dubna května června července srpna září října listopadu prosince neděle pondělí
    úterý středa čtvrtek pátek sobota led úno bře dub kvě čvn čvc srp zář říj lis pro ne po út st čt pá
    so dop odp leden únor březen duben květen červen červenec srpen říjen listopad prosinec
da: januar februar marts april maj juni juli august september oktober november december søndag mandag
    tirsdag onsdag torsdag fredag lørdag jan feb mar apr jun aug sep okt dec søn man tirs ons tors fre
    lør
de: märz mai dezember sonntag montag dienstag mittwoch donnerstag freitag samstag sept dez mo di mi do
    fr sa mär
el: ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου
    νοεμβρίου δεκεμβρίου κυριακή δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο ιαν φεβ μαρ απρ μαΐ
    ιουν ιουλ αυγ σεπ οκτ νοε δεκ κυρ δευ τρί τετ πέμ παρ σάβ π.μ μ.μ ιανουάριοσ φεβρουάριοσ μάρτιοσ
    απρίλιοσ μάιοσ ιούνιοσ ιούλιοσ αύγουστοσ σεπτέμβριοσ οκτώβριοσ νοέμβριοσ δεκέμβριοσ μάρ μάι ιούν
    ιούλ αύγ νοέ
en: january february march may june july october sunday monday tuesday wednesday thursday friday
    saturday sun mon tue wed thu fri sat
es: enero febrero marzo mayo junio julio agosto septiembre noviembre diciembre domingo lunes martes
    miércoles jueves viernes sábado ene ago dic dom lun mié jue vie sáb
et: jaanuar veebruar märts aprill juuni juuli oktoober detsember pühapäev esmaspäev teisipäev kolmapäev
    neljapäev reede laupäev jaan veebr dets e t k n r l
fa: ژانویهٔ فوریهٔ آوریل مهٔ ژوئن ژوئیهٔ اوت سپتامبر اکتبر نوامبر دسامبر یکشنبه دوشنبه سه‌شنبه چهارشنبه
    پنجشنبه جمعه شنبه قبل‌ازظهر بعدازظهر ژانویه فوریه مه ژوئیه ق.ظ ب.ظ
fi: tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta
    lokakuuta marraskuuta joulukuuta sunnuntai maanantaina tiistaina keskiviikkona torstaina perjantaina
    lauantaina tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu su ma ti ke to pe la
    ap ip tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu
    marraskuu joulukuu maanantai tiistai keskiviikko torstai perjantai lauantai
fr: janvier février mars avril juin juillet août septembre octobre décembre dimanche lundi mardi
    mercredi jeudi vendredi samedi janv févr avr juil déc dim mer jeu ven sam
he: ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר יום ראשון שני שלישי רביעי
    חמישי שישי שבת ינו פבר אפר אוג ספט אוק נוב דצמ א ב ג ד ה ו
hi: जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर रविवार सोमवार मंगलवार
    बुधवार गुरुवार शुक्रवार शनिवार जन फ़र जुल अग सित अक्टू नव दिस रवि सोम मंगल बुध गुरु शुक्र शनि
hr: siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca
    nedjelja ponedjeljak utorak srijeda četvrtak petak subota sij velj ožu tra svi lip kol ruj stu ned
    pon uto sri čet pet sub siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan studeni
    prosinac
hu: január február március április május június július augusztus szeptember október vasárnap hétfő kedd
    szerda csütörtök péntek szombat márc ápr máj jún júl szept v h sze cs szo du
id: januari februari maret mei agustus desember minggu senin selasa rabu kamis jumat sabtu agu min sen
    sel rab kam jum sab
it: gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre domenica lunedì martedì
    mercoledì giovedì venerdì sabato mag giu lug ott gio
ja: 月 日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日 火 水 木 金 土 午前 午後
ko: 월 일요일 월요일 화요일 수요일 목요일 금요일 토요일 오전 오후 일 화 수 목 금 토
lt: sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
    sekmadienis pirmadienis antradienis trečiadienis ketvirtadienis penktadienis šeštadienis saus vas
    kov bal geg birž liep rugp rugs spal lapkr gruod sk pr an tr kt pn št priešpiet popiet sausis
    vasaris kovas balandis gegužė birželis liepa rugpjūtis rugsėjis spalis lapkritis gruodis
lv: janvāris februāris aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris
    svētdiena pirmdiena otrdiena trešdiena ceturtdiena piektdiena sestdiena priekšpusdienā pēcpusdienā
    jūn jūl svētd pirmd otrd trešd ceturtd piektd sestd priekšp pēcp priekšpusdiena pēcpusdiena pēcpusd
ms: mac julai ogos disember ahad isnin khamis jumaat ogo dis ahd isn kha pg ptg
nb: tir tor a.m p.m
nl: maart augustus zondag maandag dinsdag woensdag donderdag vrijdag zaterdag mrt zo wo vr za
pl: stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października grudnia niedziela
    poniedziałek wtorek środa czwartek piątek sty lut kwi cze sie wrz paź gru niedz wt śr czw pt sob
    styczeń luty marzec kwiecień czerwiec lipiec sierpień wrzesień październik grudzień
pt: janeiro fevereiro março maio junho julho setembro outubro novembro dezembro segunda-feira
    terça-feira quarta-feira quinta-feira sexta-feira fev out seg ter qua qui sex
ro: ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie duminică luni
    marți miercuri joi vineri sâmbătă ian iun iul dum mie vin sâm
ru: января февраля марта апреля мая июня июля августа сентября октября ноября декабря воскресенье
    понедельник среда четверг пятница суббота янв февр мар июн июл сент нояб вс январь февраль апрель
    июнь июль сентябрь октябрь ноябрь декабрь
sk: januára februára apríla mája júna júla augusta septembra októbra novembra decembra nedeľa pondelok
    utorok streda štvrtok piatok ut pi marec apríl
sl: junij julij avgust nedelja ponedeljek torek sreda četrtek petek avg sre pop dopoldne popoldne
sr: јануар фебруар мај јун јул септембар октобар новембар децембар недеља понедељак уторак четвртак
    петак субота јан феб нов дец нед пон уто сре чет пет суб
sv: augusti söndag måndag tisdag lördag sön mån tis lör fm em förmiddag eftermiddag
sw: machi aprili agosti septemba oktoba novemba desemba jumapili jumatatu jumanne jumatano alhamisi
    ijumaa jumamosi
ta: ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர் ஞாயிறு திங்கள்
    செவ்வாய் புதன் வியாழன் வெள்ளி சனி ஜன பிப் மார் ஏப் ஆக செப் அக் நவ டிச ஞாயி திங் செவ் புத வியா வெள்
th: มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
    วันอาทิตย์ วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์ ก่อนเที่ยง หลังเที่ยง ม.ค ก.พ
    มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค อา จ อ พ พฤ ศ ส
tr: ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık pazar pazartesi salı
    çarşamba perşembe cuma cumartesi oca şub nis haz tem ağu eyl eki kas ara paz pzt sal çar per cum cmt
    öö ös
uk: січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня неділя
    понеділок вівторок середа четвер пʼятниця січ лют бер квіт трав черв лип серп вер жовт лист груд дп
    пп січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
ur: جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر اتوار پیر منگل بدھ جمعرات جمعہ
    ہفتہ
vi: tháng chủ nhật thứ hai ba tư năm sáu bảy thg cn th ch
zh: 一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月 星期日 星期一 星期二 星期三 星期四
    星期五 星期六 周日 周一 周二 周三 周四 周五 周六 上午 下午
af: januarie junie julie vrydag saterdag vm nm
am: ጃንዋሪ ፌብሩዋሪ ማርች ኤፕሪል ሜይ ጁን ጁላይ ኦገስት ሴፕቴምበር ኦክቶበር ኖቬምበር ዲሴምበር ጃን ፌብ ኤፕሪ ኦገስ ሴፕቴ ኦክቶ ኖቬም ዲሴም እሑድ ሰኞ
    ማክሰኞ ረቡዕ ሐሙስ ዓርብ ቅዳሜ ማክሰ ጥዋት ከሰዓት
az: yanvar fevral aprel iyun iyul avqust sentyabr oktyabr noyabr dekabr yan iyn iyl avq noy dek bazar
    ertəsi çərşənbə axşamı cümə şənbə b b.e ç.a ç ş
be: студзеня лютага сакавіка красавіка чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня сту
    сак кра чэр ліп жні кас ліс сне студзень люты сакавік красавік чэрвень ліпень жнівень верасень
    кастрычнік лістапад снежань нядзеля панядзелак аўторак серада чацвер пятніца аў чц
bs: septembar oktobar novembar decembar prijepodne popodne
cy: ionawr chwefror mawrth ebrill mehefin gorffennaf awst medi hydref tachwedd rhagfyr ion chwef maw ebr
    meh gorff hyd tach rhag chw gor dydd sul llun mercher iau gwener sadwrn gwen sad gwe yb yh
eo: januaro februaro marto aprilo majo aŭgusto septembro oktobro decembro dimanĉo lundo mardo merkredo
    ĵaŭdo vendredo lu me ĵa ve atm ptm
eu: urtarrila otsaila martxoa apirila maiatza ekaina uztaila abuztua iraila urria azaroa abendua urt ots
    api eka uzt abu ira urr aza abe igandea astelehena asteartea asteazkena osteguna ostirala larunbata
    ig al ar az og or lr
fil: pebrero marso hunyo hulyo setyembre oktubre nobyembre disyembre peb hun hul nob linggo miyerkules
    huwebes biyernes lin miy huw biy
ga: eanáir feabhra márta aibreán bealtaine meitheamh iúil lúnasa meán fómhair deireadh samhain nollaig
    ean feabh aib beal meith mfómh dfómh samh noll domhnaigh luain máirt céadaoin déardaoin haoine
    sathairn domh luan céad déar aoine sath r.n i.n
gl: xaneiro febreiro xuño xullo xan xul luns mércores xoves venres xov
gu: જાન્યુઆરી ફેબ્રુઆરી માર્ચ એપ્રિલ મે જૂન જુલાઈ ઑગસ્ટ સપ્ટેમ્બર ઑક્ટોબર નવેમ્બર ડિસેમ્બર જાન્યુ ફેબ્રુ
    સપ્ટે ઑક્ટો નવે ડિસે રવિવાર સોમવાર મંગળવાર બુધવાર ગુરુવાર શુક્રવાર શનિવાર રવિ સોમ મંગળ બુધ ગુરુ
    શુક્ર શનિ
hy: հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի
    դեկտեմբերի հնվ փտվ մրտ ապր մյս հնս հլս օգս սեպ հոկ նոյ դեկ հունվար փետրվար մարտ ապրիլ մայիս հունիս
    հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր կիրակի երկուշաբթի երեքշաբթի չորեքշաբթի
    հինգշաբթի ուրբաթ շաբաթ կիր երկ երք չրք հնգ ուր շբթ
is: ágúst sunnudagur mánudagur þriðjudagur miðvikudagur fimmtudagur föstudagur laugardagur þri mið fim
    fös lau f.h e.h
ka: იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი
    იან თებ მარ აპრ მაი ივნ ივლ აგვ სექ ოქტ ნოე დეკ კვირა ორშაბათი სამშაბათი ოთხშაბათი ხუთშაბათი
    პარასკევი შაბათი კვი ორშ სამ ოთხ ხუთ პარ შაბ
kk: қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан қаң ақп нау сәу
    мам мау шіл там қыр қаз қар жел жексенбі дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жс дс сс бс
    жм
km: មករា កុម្ភៈ មីនា មេសា ឧសភា មិថុនា កក្កដា សីហា កញ្ញា តុលា វិច្ឆិកា ធ្នូ អាទិត្យ ច័ន្ទ អង្គារ ពុធ
    ព្រហស្បតិ៍ សុក្រ សៅរ៍ ចន្ទ ព្រហ
kn: ಜನವರಿ ಫೆಬ್ರವರಿ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್ ಸೆಪ್ಟೆಂಬರ್ ಅಕ್ಟೋಬರ್ ನವೆಂಬರ್ ಡಿಸೆಂಬರ್ ಜನ ಫೆಬ್ರ
    ಏಪ್ರಿ ಆಗ ಸೆಪ್ಟೆಂ ಅಕ್ಟೋ ನವೆಂ ಡಿಸೆಂ ಭಾನುವಾರ ಸೋಮವಾರ ಮಂಗಳವಾರ ಬುಧವಾರ ಗುರುವಾರ ಶುಕ್ರವಾರ ಶನಿವಾರ ಭಾನು ಸೋಮ
    ಮಂಗಳ ಬುಧ ಗುರು ಶುಕ್ರ ಶನಿ
ky: сен ноя жекшемби дүйшөмбү шейшемби шаршемби бейшемби жума ишемби жек дүй шейш шарш бейш ишм таңкы
    түштөн кийинки тң тк
lo: ມັງກອນ ກຸມພາ ມີນາ ເມສາ ພຶດສະພາ ມິຖຸນາ ກໍລະກົດ ສິງຫາ ກັນຍາ ຕຸລາ ພະຈິກ ທັນວາ ມ.ກ ກ.ພ ມ.ນ ມ.ສ ພ.ພ ມິ.ຖ
    ກ.ລ ສ.ຫ ກ.ຍ ຕ.ລ ພ.ຈ ທ.ວ ວັນອາທິດ ວັນຈັນ ວັນອັງຄານ ວັນພຸດ ວັນພະຫັດ ວັນສຸກ ວັນເສົາ ອາທິດ ຈັນ ອັງຄານ
    ພຸດ ພະຫັດ ສຸກ ເສົາ ກ່ອນທ່ຽງ ຫຼັງທ່ຽງ
mk: јануари јуни јули недела четврток петок сабота вто саб претпл попл
ml: ജനുവരി ഫെബ്രുവരി മാർച്ച് ഏപ്രിൽ മേയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ് സെപ്റ്റംബർ ഒക്‌ടോബർ നവംബർ ഡിസംബർ ജനു ഫെബ്രു
    മാർ ഏപ്രി ഓഗ സെപ്റ്റം ഒക്ടോ നവം ഡിസം ഞായറാഴ്‌ച തിങ്കളാഴ്‌ച ചൊവ്വാഴ്ച ബുധനാഴ്‌ച വ്യാഴാഴ്‌ച
    വെള്ളിയാഴ്‌ച ശനിയാഴ്‌ച ഞായർ തിങ്കൾ ചൊവ്വ ബുധൻ വ്യാഴം വെള്ളി ശനി
mn: ням даваа мягмар лхагва пүрэв баасан бямба сарын сар оны ня да мя лх пү ба бя ү.ө ү.х
mr: जानेवारी फेब्रुवारी एप्रिल मे जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर जाने फेब्रु एप्रि ऑग
    सप्टें ऑक्टो नोव्हें डिसें मंगळवार मंगळ
my: ဇန်နဝါရီ ဖေဖော်ဝါရီ မတ် ဧပြီ မေ ဇွန် ဇူလိုင် ဩဂုတ် စက်တင်ဘာ အောက်တိုဘာ နိုဝင်ဘာ ဒီဇင်ဘာ ဇန် ဖေ ဧ ဇူ
    ဩ စက် အောက် နို ဒီ တနင်္ဂနွေ တနင်္လာ အင်္ဂါ ဗုဒ္ဓဟူး ကြာသပတေး သောကြာ စနေ နံနက် ညနေ
ne: फेब्रुअरी अप्रिल जुन अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर आइतबार सोमबार मङ्गलबार बुधबार
    बिहिबार शुक्रबार शनिबार आइत मङ्गल बिहि पूर्वाह्न अपराह्न
pa: ਜਨਵਰੀ ਫ਼ਰਵਰੀ ਮਾਰਚ ਅਪ੍ਰੈਲ ਮਈ ਜੂਨ ਜੁਲਾਈ ਅਗਸਤ ਸਤੰਬਰ ਅਕਤੂਬਰ ਨਵੰਬਰ ਦਸੰਬਰ ਜਨ ਫ਼ਰ ਅਪ੍ਰੈ ਜੁਲਾ ਅਗ ਸਤੰ ਅਕਤੂ
    ਨਵੰ ਦਸੰ ਐਤਵਾਰ ਸੋਮਵਾਰ ਮੰਗਲਵਾਰ ਬੁੱਧਵਾਰ ਵੀਰਵਾਰ ਸ਼ੁੱਕਰਵਾਰ ਸ਼ਨੀਵਾਰ ਐਤ ਸੋਮ ਮੰਗਲ ਬੁੱਧ ਵੀਰ ਸ਼ੁੱਕਰ ਸ਼ਨੀ
ps: فبروري مۍ جولای اګست سېپتمبر فېبروري سپتمبر اونۍ ع.م غ.و غ.م
si: ජනවාරි පෙබරවාරි මාර්තු අප්‍රේල් මැයි ජූනි ජූලි අගෝස්තු සැප්තැම්බර් ඔක්තෝබර් නොවැම්බර් දෙසැම්බර් ජන පෙබ
    අගෝ සැප් ඔක් නොවැ දෙසැ ඉරිදා සඳුදා අඟහරුවාදා බදාදා බ්‍රහස්පතින්දා සිකුරාදා සෙනසුරාදා අඟහ බ්‍රහස් සිකු සෙන
    පෙ.ව ප.ව
so: janaayo febraayo maarso abriil maayo juun luulyo sebtembar oktoobar noofeembar diseembar lul ogs seb
    nof jannaayo ogosto sebteembar axad isniin talaado arbaco khamiis jimco sabti axd tldo arbc khms jmc
    sbti gh gd
sq: janar shkurt prill qershor korrik gusht shtator tetor nëntor dhjetor shk pri qer korr gush sht tet
    nën dhj diel hënë martë mërkurë enjte premte shtunë die hën enj pre paradites pasdites p.d m.d
sr_Latn: ponedeljak
te: జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జులై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్ జన ఫిబ్ర ఏప్రి
    ఆగ సెప్టెం అక్టో నవం డిసెం ఆదివారం సోమవారం మంగళవారం బుధవారం గురువారం శుక్రవారం శనివారం ఆది సోమ మంగళ
    బుధ గురు శుక్ర శని
tg: январ феврал апрел сентябр октябр ноябр декабр якшанбе душанбе сешанбе чоршанбе панҷшанбе ҷумъа
    шанбе яшб дшб сшб чшб пшб ҷмъ шнб
uz: sentabr oktabr yakshanba dushanba seshanba chorshanba payshanba juma shanba yak dush sesh chor pay
    shan tk
zu: januwari februwari mashi ephreli meyi julayi agasti septhemba okthoba mas eph mey aga isonto
    umsombuluko ulwesibili ulwesithathu ulwesine ulwesihlanu umgqibelo mso bil tha sin hla mgq
mt: jannar frar marzu april mejju ġunju lulju awwissu settembru ottubru novembru diċembru ħadd tnejn tlieta
    erbgħa ħamis ġimgħa sibt il-ħadd it-tnejn it-tlieta l-erbgħa il-ħamis il-ġimgħa is-sibt fit-tnejn
    fit-tlieta fl-erbgħa nhar mej ġun lul aww set ott diċ ħad tne tli erb ħam ġim sib
nn: tysdag laurdag ty on f.m e.m
zh_Hant: 週日 週一 週二 週三 週四 週五 週六
"""

# Further spellings: of older CLDR versions, and of mail programs with their own lists.
_MORE = """
    ثلاثاء أربعاء خميس جمعة سبت أحد اثنين sept tues thur thurs lis lip nov. marrask tammik helmik
    maalisk huhtik toukok kesäk heinäk elok syysk lokak jouluk november okt dez mrz feb febr gen giu lug
    ott dic genn sett thg tháng th t2 t3 t4 t5 t6 t7 cn الإثنين الاحد الاربعاء أيلول تشرين الأول الثاني
    كانون شباط آذار نيسان أيار حزيران تموز آب سه شنبه پنج فروردین اردیبهشت خرداد تیر مرداد شهریور مهر
    آبان آذر دی بهمن اسفند ג׳ ב׳ א׳ ד׳ ה׳ ו׳ ש׳ נובמ בנוב בינו בפבר במרץ באפר במאי ביוני ביולי באוג בספט
    באוק בדצמ בינואר בפברואר באפריל באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר रवि सोम मंगल बुध गुरु शुक्र
    शनि jum jmt jtt jnn jtn alh ijm jpl desemba disemba januari лист листоп вівт сер суб нед пон втор
    четв пятн субб niedz pon wtor śr
"""

# Short forms of glibc 2.36 ("locale -k abday abmon"), which Evolution, Geary, Claws Mail and mutt write.
_GLIBC = """
    ينا فبر مار أبر ماي يون يول أغس أكت نوف ديس جانفي فيفري أفريل جوان جويلية يوليوز غشت شتنبر نونبر دجنبر baz
    ber çax cax şnb няд аўт срд чцв пят বৃহঃ čen čec llu aws med rha jänner setiembre jui aoû xuñ יונ יול अक्तू अक्तूबर
    կրկ փտր մար մայ նմբ жк nie wto śro pią fra jo vi sb sv pk kor gsh сри недјеља сриједа çrş prş cts
    кві тра чер жов лис гру ян мрт miyerkoles ஞா தி செ பு வி வெ
    อาทิตย์ จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ κυ δε τρ τε πε πα σα vel bir lie rgp rgs spa lap
"""

_HALVES = """
    p m بجے keltezéssel 에 மணிக்கு அன்று mchana asubuhi jioni usiku ptg pg am pm a.m p.m uhr hrs hours
    horas hs h hod st nd rd th er г г. р р. год ч μ.μ π.μ م ص ق.ظ ب.ظ בשעה को बजे টায় তে তারিখে
    tarihinde günü น 上午 下午 午前 午後 오전 오후 凌晨 清晨 早上 早晨 中午 傍晚
    晚上 午夜 半夜 深夜 正午 새벽 아침 정오 저녁 밤
    日 月 年 일 월 년 ap ip öö ös fm em da à(s)
    वाजता रोजी मा ਵਜੇ ਨੂੰ વાગ્યે ના રોજ ಗಂಟೆಗೆ ರಂದು తేదీన గంటలకు న కి തീയതി ന് ට දින ላይ saat tarixində nang цагт өдөр
"""


def _folded(words: str) -> frozenset[str]:
    return frozenset(word.strip(".:׳'’") for word in skeleton_of(words).split() if not word.endswith(":"))


_OTHER = tomllib.loads(files(__package__).joinpath("calendars.toml").read_text("utf-8"))
"""Of calendars other than the Gregorian."""

DATE_WORDS = (
    _folded(_WORDS)
    | _folded(_MORE)
    | _folded(_GLIBC)
    | _folded(" ".join((*_OTHER["months"].values(), *_OTHER["eras"].values())))
)
"""Months, days, parts of the day and eras, folded, without the dots of abbreviations."""

YEAR_OF_ERA = re.compile(
    rf"(?:{'|'.join(map(re.escape, _OTHER['eras']['few_digits'].split()))})[ ]?(?:\d{{1,3}}(?!\d)|元)"
    r"|תש[א-ת]{0,2}[\u05f4\"][א-ת]",
    re.IGNORECASE,
)
"""A year that has no four digits: 令和8, 民國115, תשפ״ו."""

AFTER_A_TIME = _folded(_HALVES)
"""Words that may follow the last number of a date and belong to it."""
