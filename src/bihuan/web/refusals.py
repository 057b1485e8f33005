"""What importers and the archive say in English, for the Chinese page: one sentence each, with the same facts in it.

Commands and logs are English; the duty officer's pages are not. A sentence without a line here shows as it is, and a test
walks all of them so that none stays without.
"""

from django.utils.translation import get_language

from bihuan.web.sentences import Sentences

SENTENCES: tuple[tuple[str, str], ...] = (
    # Reasons of refused records
    ("not a number", "不是数字"),
    ("not a finite number", "不是有限的数"),
    ("looks like a code for a missing value", "像是表示缺测的代码"),
    ("negative, which this quantity cannot be", "负值，此因子不可能为负"),
    (r"outside (\S+)\.\.(\S+) (.*), which no instrument reports", r"超出 \1–\2 \3，任何仪器都不会报出"),
    (r"outside (\S+)\.\.(\S+), which no instrument reports", r"超出 \1–\2，任何仪器都不会报出"),
    ("not a date and hour", "不是日期和小时"),
    ("not a full hour", "不是整点"),
    ("the year is not between 1970 and 2100", "年份不在 1970 与 2100 之间"),
    ("not a date and time", "不是日期和时间"),
    ("no begin of its period", "不是该时段的起始时刻"),
    ("no site", "没有点位"),
    ("another row of the file has the same site and hour with other values", "文件中另有一行是同一点位同一小时，但数值不同"),
    (r"the line has (\d+) fields, the header has (\d+)", r"此行有 \1 个字段，表头有 \2 个"),
    ("a quotation mark is not closed", "引号没有闭合"),
    ("quotation marks cannot be understood", "引号无法识别"),
    ("the column has no name", "此列没有名称"),
    ("another row of the file has the same site, quantity, period and time with another value", "文件中另有一行的点位、因子、时段、时间都相同，但数值不同"),
    ("it is not said what was measured", "没有写明测的是什么"),
    ("the quantity is not known, or the name is that of several", "因子不明，或此名称对应多个因子"),
    ("the period is not known", "时段不明"),
    ("the value cannot be converted from this unit to no unit", "此因子无量纲，不能从这个单位换算"),
    (r"the value cannot be converted from this unit to (\S+)", r"不能从这个单位换算为 \1"),
    ("flue gas and ambient air have different units of it, and the unit is not said", "此因子在废气和环境空气中单位不同，而文件没有写明单位"),
    ("the site holds characters that cannot be seen, or bytes that are no text", "点位中有看不见的字符或不是文字的字节"),
    ("the site is a list or an object, not a text", "点位是列表或对象，不是文字"),
    (r"the site has more than (\d+) letters", r"点位超过 \1 个字符"),
    (
        r"half of the values are above (\S+): the column is surely in µg/m³, the table's CO is in mg/m³",
        r"一半以上的值大于 \1：此列显然是 µg/m³，而表中 CO 的单位是 mg/m³",
    ),
    ("the unit is not known", "单位不明"),
    ("the message is damaged", "报文已损坏"),
    (r"(\S+) values for (\d+) times", r"\2 个时刻对应 \1 个值"),
    ("not time, latitude, longitude", "维度不是时间、纬度、经度"),
    # Remedies
    ("correct the cell, or leave it empty if there is no value", "改正单元格；没有值就留空"),
    ("leave the cell empty if there is no value", "没有值就留空"),
    ("double a mark that belongs to the text, and import again", "属于文字的引号请写两遍，再导入"),
    (r"write one of (.*)", r"请写以下之一：\1"),
    ("check the instrument's zero; correct the value or leave it empty", "检查仪器零点；改正或留空"),
    ("check the unit and the instrument; correct the value or leave it empty", "核对单位和仪器；改正或留空"),
    (r"write it as (\S+) \(China Standard Time, end of the hour\)", r"写成 \1（北京时间，小时的结束时刻）"),
    (r"give the full hour at which the averaging hour ends, e\.g\. (\S+)", r"写平均时段结束的整点，例如 \1"),
    (r"write it as (\S+) \(China Standard Time, begin of the period\)", r"写成 \1（北京时间，时段的起始时刻）"),
    ("give the begin of the period in China Standard Time, or the period that was measured", "填写时段的起始时刻（北京时间），或改正时段"),
    ("write the code of HJ 212 or HJ 524, such as w21003", "填写 HJ 212 或 HJ 524 的因子编码，如 w21003"),
    ("give the value in no unit, with that unit", "此因子无量纲：请给出数值，单位留空"),
    (r"give the value in (\S+), with that unit", r"请给出以 \1 为单位的数值，并写明单位"),
    ("send it in no unit", "此因子无量纲"),
    ("correct the date", "改正日期"),
    ("write the code of the station", "填写点位编码"),
    ("keep the right one of the rows and import again; none of them was taken", "只留正确的一行再导入；这几行都没有入库"),
    ("the file was cut off here: send it again whole", "文件在这里断了：请重新传完整的文件"),
    ("mend the line and import again", "改正这一行再导入"),
    (
        r"divide the column by 1000, or import with a mapping that has factor 0\.001; the other columns went in",
        "把此列除以 1000，或用系数 0.001 的列映射导入；其他各列已入库",
    ),
    (r"send it in (\S+)", r"请以 \1 为单位发送"),
    (r"ask for one of (.*)", r"请改用以下单位之一索取：\1"),
    ("fetch the file again", "请重新获取文件"),
    ("fetch the file again; what came before it was taken", "请重新获取文件；在它之前的内容已入库"),
    ("ask for hourly values in ISO 8601", "请索取逐小时、ISO 8601 时间的数据"),
    ("reorder the dimensions", "请调整维度顺序"),
    ("a value of a grid is not mended by hand: fetch the file again, or dismiss the record", "格点数据中的值不能手工改正：请重新获取文件，或注明不处理"),
    (
        r"write when the forecast was issued, as (\S+) \(China Standard Time\) or with an offset",
        r"写明预报的起报时间，如 \1（北京时间），或带时区偏移",
    ),
    (
        "it is not said from when each sum runs: since the issue, since the step before, or since a bucket began",
        "文件没有说明每个累计量从何时算起：自起报、自上一时次，还是自某一累计段的开始？",
    ),
    ("give the time its bounds (CF), then send it again", "请按 CF 约定给时间加上 bounds 再传"),
    (
        "a time of a grid is not mended by hand: fetch the file with full hours; the other steps were taken",
        "格点数据的时刻不能手工改正：请获取整点的文件；其他时次已入库",
    ),
    ("fetch the file again; the other messages were taken", "请重新获取文件；其他报文已入库"),
    # Files that cannot be read
    (r"(.*) has a line of more than (\d+) MB, the limit for one line; this is no table of rows", r"\1 有一行超过 \2 MB（单行上限）；这不是逐行的表格"),
    (
        r"(.*) unfolds from (\S+) MB to more than (\S+) MB, the limit is (\d+) times; send what is measured, in parts or as CSV",
        r"\1 展开后从 \2 MB 变成 \3 MB 以上（上限 \4 倍）；请只传监测数据，分成几个文件或用 CSV",
    ),
    (r"(.*) is nested too deeply for hourly values; fetch it again", r"\1 嵌套过深，不是逐小时数据；请重新获取"),
    (r"(.*): utc_offset_seconds is (.*), not a number of seconds; fetch it again", r"\1 的 utc_offset_seconds 是 \2，不是秒数；请重新获取"),
    (
        r"(.*): (\S+) is in the calendar (.*), which has other days than ours; send it in the standard calendar",
        r"\1 的 \2 用的是历法 \3，天数与公历不同；请用标准历法（standard）",
    ),
    (r"(.*) has no column (.*); it has (.*)", r"\1 没有列 \2；现有列：\3"),
    (
        r"(.*) has no columns of a section, a time and what was measured; it has (.*)",
        r"\1 没有断面、时间和监测项目的列；现有列：\2",
    ),
    (r"(.*) is no JSON with thead and tbody \((.*)\); fetch it again", r"\1 不是含 thead 和 tbody 的 JSON（\2）；请重新获取"),
    (r"(.*) is nested too deeply for a table; fetch it again", r"\1 嵌套过深，不是表格；请重新获取"),
    (
        r"(.*): its times have no year, and neither has its name; name it as in (\S+)",
        r"\1 中的时间没有年份，文件名也没有；请把文件命名为类似 \2 的形式",
    ),
    (r"(.*) has none of the columns (.*); nothing to take from it", r"\1 没有这些列中的任何一列：\2；没有可导入的内容"),
    (r"(.*) does not begin with the columns date,hour,type; it has (.*)", r"\1 不以 date,hour,type 三列开头；现有列：\2"),
    (r"(.*) has none of the types (.*); it has (.*)", r"\1 中没有这些类型中的任何一个：\2；现有：\3"),
    (r"(.*) has no column of a station after date,hour,type", r"\1 在 date,hour,type 之后没有点位列"),
    (
        r"(.*) is of no known format; its columns are (.*)\. An ambient table needs .*",
        r"\1 不是已知格式；它的列是 \2。环境空气表需要 site、time 和 PM2.5 PM10 SO2 NO2 CO O3 之一，长表需要 site、time、code 和 value；其他表格请建立列映射",
    ),
    (r"there is no format (.*); known: (.*)", r"没有格式 \1；已知：\2"),
    (r"(.*) is empty: there is a header and no row below it", r"\1 是空的：只有表头，下面没有数据行"),
    (r"(.*) is empty: nothing to read; check that the file was sent whole", r"\1 是空的：请确认文件已完整上传"),
    (r"(.*) is empty: the (?:sheet|table) has no rows", r"\1 是空的：表中没有行"),
    (r"(.*): the text is neither UTF-8 nor GB18030; save it as CSV UTF-8 and try again", r"\1 既不是 UTF-8 也不是 GB18030；请另存为 CSV UTF-8 再试"),
    (r"(.*) has no line (.*), where the header should be", r"\1 没有第 \2 行，表头应在那里"),
    (
        r"(.*) is not a text table \(it holds binary bytes, or is UTF-16\); give a CSV .*",
        r"\1 不是文本表格（含二进制内容，或是 UTF-16）；请用 UTF-8 或 GB18030 的 CSV、.xlsx 或 .parquet",
    ),
    (r"(.*): quotation marks cannot be understood; save it as CSV again", r"\1 的引号无法识别；请重新另存为 CSV"),
    (r"(.*): the column (.*) comes twice; keep the right one", r"\1 的列 \2 出现两次；请只留正确的一列"),
    (r"(.*) is not what its name says \(damaged or of another kind\); send it again", r"\1 与扩展名不符（损坏或是别的文件）；请重新上传"),
    (r"cannot open (.*): (.*); check the name and the rights", r"打不开 \1（\2）；请检查文件名和权限"),
    (r"(.*) has no sheet (.*); it has (.*)", r"\1 没有工作表 \2；现有：\3"),
    (r"(.*) names a place that is no station: (.*); (.*)", r"\1 中有一处不是点位：\2；\3"),
    (r"only the sheet (.*) was read, not (.*)", r"只读取了工作表 \1，没有读取 \2"),
    (
        r"the file ends in line (\d+) without a line end: if it was cut there, the last value may be too short",
        r"文件在第 \1 行结束而没有换行：如果是在那里被截断的，最后一个值可能不完整",
    ),
    (r"(.*) is not a spreadsheet that can be read: it has no sheet", r"\1 不是可读的电子表格：没有工作表"),
    (r"(.*) is not a spreadsheet that can be read: (.*)", r"\1 不是可读的电子表格：\2"),
    (r"(.*) is a damaged Parquet file; send it again", r"\1 是损坏的 Parquet 文件；请重新上传"),
    (r"the file has no row (.*)", r"文件没有第 \1 行"),
    # Mappings
    (
        r"the mapping names the unknown quantity (.*); known: (.*), and the codes of HJ 212",
        r"列映射里有未知因子 \1；已知：\2，以及 HJ 212 的因子编码",
    ),
    (r"the mapping's period is (.*); it must be one of (.*)", r"列映射的时段是 \1；只能是 \2 之一"),
    (
        r"(.*) has no code, so it is only read with hours of ambient tables",
        r"\1 没有因子编码，只能与环境空气的小时值一起导入",
    ),
    (r"the mapping's label is (.*); it must be start or end \(of the period\)", r"列映射的时间标记是 \1；只能是 start 或 end"),
    ("the mapping needs either the column of the site or one_site, not both", "列映射要么选点位列，要么填整个文件的点位，二者选一"),
    (r"there is no mapping (.*); make it on the import page or as (.*)", r"没有列映射 \1；请在导入页建立"),
    (r"the mapping (.*) is damaged \((.*)\); make it again", r"列映射 \1 已损坏（\2）；请重新建立"),
    # Storing
    (
        r"(.*) could not be stored \((.*)\); nothing of it is visible; free disk space and import it again",
        r"\1 没能存入（\2）；它的数据一条也没有生效；请腾出磁盘空间后再导入",
    ),
    (
        r"(.*) could not be stored \(archive/(\S+): (.*) is missing\); nothing of it is visible; restore the last backup and import it again",
        r"\1 没能存入：存储 archive/\2 损坏（缺少 \3）；它的数据一条也没有生效；请从最近的备份恢复后再导入",
    ),
    (
        r"(.*) could not be stored \(archive/(\S+): (.*) is damaged\); nothing of it is visible; restore the last backup and import it again",
        r"\1 没能存入：存储 archive/\2 损坏（\3 读不出）；它的数据一条也没有生效；请从最近的备份恢复后再导入",
    ),
    (
        r"cannot open the archive in (\S+): archive/(\S+): (.*) is (?:missing|damaged); restore the last backup into a new folder and serve that one",
        r"存储 archive/\2 损坏（\3 缺失或读不出），不能打开 \1；请停止服务，把最近的备份恢复到新目录后启动",
    ),
    (r"(.*) \((.*) is held\); wait for it to end, or stop it, and try again", r"另一个导入或整理正在进行（\2）；请等它结束再试"),
    (
        r"(\d+) stations are not registered: (.*); register them, else no page shows their hours",
        r"\1 个点位没有登记：\2；请先登记，否则各页面不显示它们的数据",
    ),
    # Files that failed
    (r"(.*) takes more than (\d+) MB of memory to read, (.*)", r"读取 \1 需要的内存超过 \2 MB：\3"),
    (r"(.*) was not read within (\S+) seconds, (.*)", r"\1 在 \2 秒内没有读完：\3"),
    (
        r"the limit for one file; send it in parts, or raise (BIHUAN_\w+)",
        r"这是单个文件的上限；请分成几个文件再传，或调高 \1",
    ),
    (
        r"the system ended the reading of (.*), as it does without memory; free memory and try again",
        r"系统结束了对 \1 的读取（内存不足时会这样）；请释放内存后再试",
    ),
    (r"(.*) broke its reader off \((.*)\): it is damaged; fetch it again", r"\1 使读取程序中断（\2）：文件已损坏；请重新获取"),
    (r"(.*) could not be read: its reader vanished; import it again", r"\1 没有读成：读取程序中途消失；请重新导入"),
    (r"no process could be started to read the file; free memory and try again", "无法启动读取文件的程序；请释放内存后再试"),
    (
        r"(.*) was being read when everything stopped, (\d+) times; look at it before trying again",
        r"读取 \1 时整个系统停止过 \2 次；请先查看该文件再重试",
    ),
    (r"(.*) could not be read when it came; look at it and try again", r"\1 送来时没有读成；请查看后重试"),
    (r"the raw file of (.*) is no longer kept; import it again", r"\1 的原始文件已不再保留；请重新导入"),
    ("say why the file is dismissed", "不处理一个文件需要写明理由"),
    (r"there is no failed delivery (\d+); look at the list again", r"没有编号为 \1 的失败文件；请刷新列表"),
    (r"(.*) is not a plain file; give a file", r"\1 不是普通文件；请选择文件"),
    (r"cannot open a file with this name: (.*); check the name", r"这个文件名无法打开（\1）；请检查文件名"),
    # Mending
    (r"the raw file of (.*) is no longer kept; import the corrected file", r"\1 的原始文件已不再保留；请导入改正后的文件"),
    (r"give the whole line anew: it has (\d+) fields, the file has (\d+) columns", r"请重写整行：现在有 \1 个字段，文件有 \2 列"),
    ("give the corrected value", "请填写正确的值"),
    ("the whole column was refused; import the file again with a mapping that has the right unit", "整列都被拒收；请用单位正确的列映射重新导入"),
    (r"the refused record (\d+) is (\S+) already", r"隔离记录 \1 已处理过（\2）"),
    (r"still refused: (.*): (.*); (.*)", r"仍不能入库：\1：\2；\3"),
    ("say why the record is dismissed", "不处理一条隔离记录需要写明理由"),
    (r"there is no refused record (\d+)", r"没有隔离记录 \1"),
    (r"the refused record (\d+) is not open any more; look at it again", r"隔离记录 \1 已被他人处理；请刷新后再看"),
    (
        "it is a whole field of the file that was refused; fetch the file again, or dismiss the record",
        "被拒收的是文件中的整个要素；请重新获取文件，或注明不处理",
    ),
    ("there is no value to take in; dismiss the record with that reason", "没有可入库的值；请以此为理由注明不处理"),
    (
        "the corrected record gives no hour after its time of issue; correct it, or dismiss the record",
        "改正后的记录没有起报时间之后的小时；请再改，或注明不处理",
    ),
    (r"(.*) has no (\S+) at its hour (\d+)", r"\1 的第 \3 个时刻没有 \2"),
    (r"(.*) has no hour (\d+)", r"\1 没有第 \2 个时刻"),
    (r"(.*) holds no weather after its time of issue; .*", r"\1 没有起报时间之后的气象数据；请检查文件和起报时间"),
    # Files of forecast weather
    (r"(.*) is no forecast weather: a table needs (.*); JSON needs hourly\.time; else GRIB or NetCDF", r"\1 不是预报气象：表格需要 \2；JSON 需要 hourly.time；否则应为 GRIB 或 NetCDF"),
    (r"(.*) holds no GRIB message; send it again", r"\1 中没有 GRIB 报文；请重新上传"),
    (r"(.*): no station within (\S+) km of its grid; check the area asked for", r"\1 的格点 \2 km 内没有登记的点位；请检查索取的区域"),
    (r"(.*): no station within (\S+) km of its places (.*); check the places asked for", r"\1 的地点 \3 周围 \2 km 内没有登记的点位；请检查索取的地点"),
    (r"(.*) needs the library (.*): install bihuan\[grid-weather\], or send a table instead", r"读取 \1 需要库 \2：请安装 bihuan[grid-weather]，或改传表格"),
    (r"(.*) has none of the fields 2t 2d 2r sp 10u 10v tp(.*)", r"\1 没有 2t 2d 2r sp 10u 10v tp 中的任何要素\2"),
    (r"; it has ([^;]*)", r"；现有：\1"),
    (r"; it has ([^;]*); (\S+): (.*)", r"；现有：\1；\2：\3"),
    (r"; (\S+): (.*)", r"；\1：\2"),
    (r"(.*) has none of the columns (.*); it has (.*)", r"\1 没有这些列中的任何一列：\2；现有列：\3"),
    (r"(.*) has no hourly\.time; ask the service for hourly values", r"\1 没有 hourly.time；请向服务索取逐小时数据"),
    (r"(.*) is no JSON \((.*)\); fetch it again", r"\1 不是 JSON（\2）；请重新获取"),
    (r"(.*) holds no object with hourly values; fetch it again", r"\1 中没有逐小时数据；请重新获取"),
    (r"(.*) is the service's refusal: (.*)", r"\1 是服务的拒绝答复：\2"),
    (r"(.*) has none of the hourly fields (.*)", r"\1 没有这些逐小时要素中的任何一个：\2"),
    (r"(.*): issued is (.*), not a time; write it as (\S+)", r"\1 的 issued 是 \2，不是时间；请写成 \3"),
    (r"(.*) says neither site nor latitude and longitude; add one of them", r"\1 既没有 site 也没有经纬度；请补上其一"),
    (r"(.*) is a damaged NetCDF file \((.*)\); fetch it again", r"\1 是损坏的 NetCDF 文件（\2）；请重新获取"),
    (r"(.*) has no (\S+) with units such as (.*); write it as CF asks", r"\1 没有单位形如 \3 的 \2；请按 CF 约定书写"),
    (r"(.*) holds (\d+) issues; send one file for each", r"\1 含 \2 次起报；请每次起报一个文件"),
    (r"(.*) has no one-dimensional (\S+); put it on a latitude-longitude grid", r"\1 没有一维的 \2；请转到经纬度网格"),
    (
        "the corrected record says nothing new; correct it, or dismiss the record",
        "改正后的记录没有任何新内容；请再改，或注明不处理",
    ),
    # Notes
    (r"the file has no column period: its values are taken as of their moment \(realtime\)", "文件没有“时段”一列：其中的值按实时值入库"),
    ("new, same and corrected count values, of which a row has several", "新增、相同、更正按数值计，一行有多个"),
    (r"(\d+) values are revised further down in the file: the last one counts", r"\1 个值在文件后面又被修订：以最后一个为准"),
    (r"(\d+) rows have no time and no value: the station is stopped", r"\1 行没有时间也没有数值：站点停运"),
    (r"the times have no year: (\d+) is taken from the file's name", r"时间没有年份：按文件名取 \1 年"),
    ("the file does not say when it was issued; the moment of receipt is taken", "文件没有写明起报时间，按收到的时刻计"),
    ("steps of several hours were filled to hours", "间隔数小时的时次已插补到逐小时"),
    (r"(\d+) rows valid at or before their issue were left out", r"\1 行的时刻不晚于起报时间，没有导入"),
    (r"(\d+) stations are blank in the whole file and were left out", r"\1 个点位在整个文件中都是空的，没有导入"),
    (
        r"the archive of these files says that o3 and o3_24h were swapped before 2023-11-09 .*",
        "这些文件的存档说明称 2023-11-09 之前 o3 与 o3_24h 两列对调（未核实）：请将本文件的 O3 与其他来源比对",
    ),
    (
        r"the same file was taken in before \((.*)\): nothing changed, later corrections stay",
        r"同一文件已在 \1 导入过：没有改变任何数据，之后的更正仍然有效",
    ),
)  # fmt: skip


_SENTENCES = Sentences(SENTENCES)


def chinese_of(text: str) -> str:
    """The sentence in Chinese; sentences inside it too; as it is when there is no line for it."""
    return _SENTENCES.other(text)


def said(text: str) -> str:
    """The sentence in the language of the reader."""
    return chinese_of(text) if (get_language() or "").startswith("zh") else text
