"""The texts of the phone page, which come with its shell; its scripts hold none. `{n}` is filled in on the phone."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """All of them, in the language of the shell."""
    return {**_states(), **_lists(), **_forms(), **_inspections(), **_about(), **push_words()}


def _states() -> dict[str, str]:
    return {
        "waiting": _("待上传"),
        "sending": _("正在上传"),
        "done": _("已送达"),
        "refused": _("未被接受"),
        "conflict": _("问题已变化"),
        "replaced": _("已再提交"),
        "queued": _("待上传 {n}"),
        "held": _("前一步未被接受，先处理它"),
        "offline": _("没有信号"),
        "as_of": _("数据 {at}"),
        "never": _("还没有数据，有信号时打开一次"),
        "signed_out": _("登录已过期，手机上的内容都还在。"),
        "other": _("现在登录的是 {name}。{owner} 的 {n} 条内容留在手机上，由本人登录后再上传。"),
        "forbidden": _("这个账号暂时不能用手机页面，请到完整页面查看原因。"),
        "others_waiting": _("{n} 条内容是别人在这部手机上填写的，由本人登录后再上传。"),
        "lost": _("照片 {name} 不在手机上了，请重拍"),
    }


def _lists() -> dict[str, str]:
    return {
        "mine": _("待我办理 {n}"),
        "others": _("其他在办 {n}"),
        "nothing": _("现在没有待办。"),
        "near": _("显示距离"),
        "km": _("{n} km"),
        "metres": _("{n} m"),
        "due": _("{at} 前"),
        "evidence": _("证据"),
        "by_hand": _("此问题由人工登记，没有自动证据。"),
        "steps": _("办理记录"),
        "requirement": _("要求"),
        "no_step": _("现在没有您可以办的步骤。"),
        "full_page": _("打开完整页面"),
        "gone": _("手机上没有这个问题，有信号时再看。"),
        "back": _("返回"),
        "notes": _("提醒"),
        "no_place": _("没有位置"),
        "start_patrol": _("开始巡查"),
        "end_patrol": _("结束巡查"),
        "walking": _("巡查中：待上传 {n} 点，误差 {m} m"),
        "walked": _("巡查轨迹：待上传 {n} 点"),
        "gaps": _("锁屏或离开本页时手机不记录，缺口如实保留。"),
        "no_map": _("还没有地图，有信号时打开一次"),
        "no_patrol": _("现在没有巡查，先在地图页开始"),
        "to_inspect": _("待检查 {n}"),
        "until": _("{at} 前"),
        "overdue": _("已逾期"),
        "begun": _("未填完"),
        "not_due": _("这个对象现在不用检查，或已经检查过。"),
    }


def _forms() -> dict[str, str]:
    return {
        "shoot": _("拍照或选照片"),
        "photo_needed": _("请先拍照"),
        "storage_full": _("存储已满：手机没有空间保存照片，请先腾出空间。已填的内容都还在。"),
        "save": _("保存并上传"),
        "optional": _("（可选）"),
        "saved": _("已存在手机上，有信号时自动上传。"),
        "take_off": _("去掉"),
        "change": _("改后再提交"),
        "again": _("原样再提交"),
        "drop": _("放弃这一条"),
        "give_up": _("放弃这一张"),
        "settled": _("这一条已经处理过了。"),
        "drop_sure": _("放弃后，填写的内容和照片从这部手机上删除。确定吗？"),
        "title": _("标题"),
        "title_hint": _("一句话：谁、什么问题"),
        "description": _("情况描述"),
        "place": _("地点"),
        "place_hint": _("乡镇、路段、门牌"),
        "region": _("区划"),
        "source": _("问题来源"),
        "level": _("级别"),
        "here": _("用我现在的位置"),
        "no_position": _("手机没有给出位置"),
        "position": _("位置 {lat}, {lon}（误差 {n} m）"),
        "stop": _("到点记录"),
        "about": _("巡查对象"),
        "along_the_way": _("途中"),
        "text": _("说明"),
        "text_needed": _("请写明发现了什么"),
        "no_problem": _("没有问题"),
        "may_not_report": _("登记问题由网格员、调度岗、核查岗或负责人办理, 您没有这个职务"),
    }


def _about() -> dict[str, str]:
    return {
        "queue": _("手机上的内容"),
        "empty_queue": _("没有待上传的内容。"),
        "send_now": _("立即上传"),
        "refresh": _("更新数据"),
        "storage": _("占用 {used} MB，可用 {free} MB"),
        "persisted": _("系统不会自动清除这些内容"),
        "not_persisted": _("手机空间紧张时系统可能清除这些内容，请尽早上传"),
        "sign_out": _("退出"),
        "sign_out_waits": _("退出后，{n} 条待上传的内容留在手机上，由本人再登录后上传。"),
        "report": _("上报问题"),
        "case": _("问题"),
        "nobody": _("未登录"),
    }


def _inspections() -> dict[str, str]:
    return {
        "version": _("版本 {v}"),
        "no_form": _("手机上还没有这张检查表，有信号时打开一次"),
        "form_gone": _("这张检查表已经没有了"),
        "form_broken": _("检查表打不开，请到完整页面填写"),
        "form_invalid": _("有题目没有填对，见标红处"),
        "too_many_photos": _("一张检查表最多 20 个照片和签名"),
        "sign_here": _("点此签名"),
        "answers": _("填写的内容（{n} 题）"),
    }


def push_words() -> dict[str, str]:
    """How web push stands in a browser, by `push_` and its state (static/phone/push.js); on the page of the account too."""
    return {
        "push": _("推送"),
        "push_turn_on": _("打开推送"),
        "push_turn_off": _("关闭推送"),
        "push_on": _("未读的提醒会显示在这个浏览器里，关着本页也能收到。"),
        "push_off": _("可以让未读的提醒显示在这个浏览器里，关着本页也能收到。"),
        "push_insecure": _("推送需要 https 网址。"),
        "push_unsupported": _(
            "这个浏览器不能接收推送；iPhone 和 iPad 须先把手机页面添加到主屏幕，从那里打开。"
        ),
        "push_denied": _("浏览器里禁止了本站的通知，请在浏览器的网站设置中允许。"),
        "push_unset": _("系统管理员还没有设置浏览器推送。"),
        "push_unreachable": _("浏览器连不上它的推送服务，这台设备收不到推送。"),
        "push_unknown": _("现在查不到推送的状态，有信号并登录后再看。"),
    }
