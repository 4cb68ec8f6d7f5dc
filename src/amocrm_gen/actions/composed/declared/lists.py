"""Actions that list leads and add them up."""

from typing import Final

from amocrm_gen.actions.composed.composed import Composed
from amocrm_gen.actions.composed.declaring import composed

__all__ = ["ACTIONS"]

ACTIONS: Final[tuple[Composed, ...]] = (
    composed(
        "lead_lists:list_new_leads",
        "List new leads",
        "List leads that were made since a time, today if none is told, with their number and sum.",
        about="leads",
        costs=(2, None),
        of="leads.find pipelines.find users.find",
        example={"since": "today"},
        en="new leads; leads of today; leads that came in this week; how many leads since monday; "
        "recent deals; fresh inquiries; new opportunities; yesterday's leads; incoming deals count",
        ru="новые сделки; новые лиды за сегодня; сколько лидов пришло; свежие заявки; сделки за "
        "неделю; вчерашние лиды; поступившие сделки; что нового пришло",
        es="leads nuevos; leads de hoy; cuántos leads entraron; negocios recientes; leads de esta "
        "semana; nuevas oportunidades; leads de ayer; solicitudes recientes",
    ),
    composed(
        "lead_lists:list_leads_without_tasks",
        "List leads without tasks",
        "List open leads that have no open task: nobody has planned what comes next.",
        about="leads",
        costs=(2, None),
        of="leads.find pipelines.find users.find",
        example={"user": "me"},
        en="leads without tasks; deals without a next step; nothing planned; deals with no to-do; "
        "forgotten leads; leads nobody follows up; no activity scheduled",
        ru="сделки без задач; лиды без задачи; нет следующего шага; ничего не запланировано; "
        "забытые сделки; брошенные лиды; где не поставлены задачи",
        es="leads sin tareas; negocios sin próximo paso; nada planificado; leads olvidados; tratos "
        "sin seguimiento; oportunidades sin actividad programada",
    ),
    composed(
        "lead_lists:list_stale_leads",
        "List stale leads",
        "List open leads that nobody has changed for some days, the longest first.",
        about="leads",
        costs=(2, None),
        of="leads.find pipelines.find users.find",
        example={"days": 14},
        en="stale leads; stuck deals; no movement; nobody touched for two weeks; inactive deals; "
        "frozen opportunities; rotting deals; not updated for a long time; old open leads",
        ru="зависшие сделки; застрявшие лиды; без движения; давно не трогали; неактивные сделки; "
        "протухшие сделки; давно не обновлялись; стоят на месте",
        es="leads estancados; negocios parados; sin movimiento; nadie los toca desde hace semanas; "
        "oportunidades inactivas; tratos congelados; sin actualizar desde hace tiempo",
    ),
    composed(
        "lead_lists:list_leads_on_stage",
        "List leads on a stage",
        "List the leads that stand on a stage, by the stage's name, with their number and sum.",
        about="leads",
        costs=(3, None),
        of="pipelines.find leads.find users.find",
        example={"stage": "Negotiation"},
        en="leads on a stage; deals in a step; who is in negotiation; deals with this status; show "
        "the column; opportunities at a stage; what is in the funnel step",
        ru="сделки на этапе; кто на этапе переговоров; сделки в статусе; лиды на стадии; показать "
        "колонку воронки; какие сделки в этом статусе",
        es="leads en una etapa; negocios en negociación; tratos con este estado; oportunidades en "
        "una fase; qué hay en la etapa; leads por estado",
    ),
    composed(
        "lead_lists:list_leads_of_user",
        "List leads of a user",
        "List the leads that a user is responsible for: open ones, won, lost or all.",
        about="leads",
        costs=(2, None),
        of="leads.find pipelines.find users.find",
        example={"user": "me", "state": "open"},
        en="leads of a user; my deals; deals of a manager; what does he work on; opportunities by "
        "owner; rep's pipeline; my open leads; deals assigned to somebody",
        ru="сделки менеджера; мои сделки; сделки сотрудника; над чем он работает; лиды "
        "ответственного; открытые сделки менеджера; чьи сделки",
        es="leads de un usuario; mis negocios; tratos de un comercial; en qué trabaja; "
        "oportunidades por responsable; mis leads abiertos; cartera del vendedor",
    ),
    composed(
        "lead_lists:list_won_leads",
        "List won leads",
        "List leads that were won in a time, this month if none is told, with their number and "
        "sum.",
        about="leads",
        costs=(2, None),
        of="leads.find pipelines.find users.find",
        example={"since": "this month"},
        en="won leads; sales of the month; what did we sell; closed deals; successful deals last "
        "month; revenue; deals won this week; sold in a period",
        ru="выигранные сделки; продажи за месяц; что продали; успешные сделки; закрытые сделки за "
        "период; выручка; успешно реализованные за неделю",
        es="leads ganados; ventas del mes; qué vendimos; negocios cerrados con éxito; ingresos; "
        "tratos ganados esta semana; ventas de un periodo",
    ),
    composed(
        "sums:summarize_pipeline",
        "Summarize a pipeline",
        "Count the leads on each stage of a pipeline and add up their budgets; with totals of "
        "open, won and lost ones.",
        about="pipelines",
        costs=(3, None),
        of="pipelines.find leads.find account.get",
        example={"pipeline": "Sales"},
        en="summarize a pipeline; pipeline report; funnel overview; totals by stage; how much "
        "money is on each stage; forecast; sum of open deals; conversion; state of the funnel; "
        "win rate",
        ru="отчёт по воронке; сводка по воронке; сколько денег на этапах; суммы по этапам; сколько "
        "сделок на каждом этапе; итоги воронки; состояние воронки; конверсия; прогноз",
        es="resumen del embudo; informe del embudo; totales por etapa; cuánto dinero hay en cada "
        "etapa; previsión; suma de negocios abiertos; estado del embudo; conversión",
    ),
    composed(
        "sums:summarize_sales_by_user",
        "Summarize sales by user",
        "Add up what each user has won and lost in a time, this month if none is told: number, "
        "sum, average and win rate.",
        about="leads",
        costs=(3, None),
        of="leads.find users.find account.get",
        example={"since": "this month"},
        en="sales by user; best seller; who sold how much; ranking of managers; sales report; team "
        "performance; leaderboard; revenue per rep; KPI of the team",
        ru="продажи по менеджерам; кто сколько продал; рейтинг менеджеров; отчёт по продажам; "
        "лучший продавец; эффективность отдела; выручка по сотрудникам; KPI",
        es="ventas por usuario; quién vendió más; ranking de comerciales; informe de ventas; "
        "rendimiento del equipo; ingresos por vendedor; mejor vendedor",
    ),
)
