"""The wiring diagram: builds document, engine's process, widgets and presenters once, in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

import resources
from app.actions.action import Action
from app.actions.lists import all_actions
from app.actions.menus import fill
from app.dialogs.questions import Questions
from app.dialogs.waiting import Waiting
from app.document.document import Document
from app.doings import doings, show_menu
from app.filing import Ask, Filing
from app.main_window import DENSITIES, MainWindow
from app.presenters.adding import AddingPresenter
from app.presenters.boundary import BoundaryPresenter
from app.presenters.canvas import CanvasPresenter
from app.presenters.code import CodePresenter
from app.presenters.help import palette_look
from app.presenters.inserting import InsertingPresenter
from app.presenters.live import LivePresenter
from app.presenters.panels import PanelsPresenter
from app.presenters.passes import PassesPresenter
from app.presenters.problems import ProblemsPresenter
from app.presenters.properties import PropertiesPresenter
from app.presenters.quick import QuickPresenter
from app.presenters.routing import RoutingPresenter
from app.presenters.run_state import RunPresenter
from app.presenters.search import SearchPresenter
from app.presenters.signatures import SignaturesPresenter
from app.presenters.wiring import WiringPresenter
from app.runs.controller import RunController
from app.settings import SettingsStore
from app.structure import Structure
from app.trust import TrustStore
from app.workspace import Selection, Workspace
from engine.errors import FlowscopeError
from engine.op import DataSource
from widgets import theme
from widgets.canvas.looks import Density
from widgets.search.box import SearchBox

FIRST_DEMO = "digits-mlp"


class Application(QObject):
    """One window with one document. `start` shows it; what takes long to load follows the first paint."""

    def __init__(
        self,
        settings: SettingsStore,
        *,
        ask: Ask | None = None,
        controller: RunController | None = None,
        theme_name: str | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        theme.set_theme(theme_name or settings.current.theme)
        theme.set_reduced_motion(settings.current.reduced_motion)
        self.document = Document()
        self.trust = TrustStore(settings.path.with_name("trusted-code.json"))
        self.workspace = Workspace(self.document, self.trust.trusts)
        self.controller = controller or RunController()
        self.controller.trusted = lambda: self.trust.fingerprints
        self.window = window = MainWindow()
        self.filing = Filing(self.document, settings, ask or Questions(window))
        self.canvas = CanvasPresenter(self.workspace, window.canvas)
        self.wiring = WiringPresenter(self.workspace, window.canvas)
        self.routing = RoutingPresenter(self.workspace, window.canvas)
        self.structure = Structure(self)
        self.code = CodePresenter(self.workspace, self.controller, self.trust, window)
        self.properties = PropertiesPresenter(self.workspace, window.properties)
        self.quick = QuickPresenter(self.workspace, window.canvas, self.properties)
        self.problems = ProblemsPresenter(self.workspace, window.problems)
        self.passes = PassesPresenter(self.workspace, self.controller, window.passes)
        self.signatures = SignaturesPresenter(self.workspace, window.signatures)
        self.live = LivePresenter(self.workspace, self.controller, window.canvas)
        self.runs = RunPresenter(self.workspace, self.controller, window.run_bar, window.status, window.log)
        self.search_box = SearchBox(window)
        self.search = SearchPresenter(
            self.workspace,
            self.search_box,
            lambda: self.actions,
            self.add_in_view,
            window.canvas.focus_node,
            self.properties.show_help,
        )
        self.inserting = InsertingPresenter(self.workspace, window.canvas, self.canvas)
        self.adding = AddingPresenter(self.workspace, window.canvas, self.canvas, self.inserting, settings)
        self.actions: list[Action] = []
        self.boundary = BoundaryPresenter(self.workspace, self.controller, window.boundary)
        self.panels = PanelsPresenter(
            window, self.boundary, self.signatures, lambda: len(self.workspace.problems)
        )
        self._has_late_panels = False
        self._closed = False
        self._connect()
        self._fill_menus()
        window.palette_panel.set_look(palette_look())
        self._restore_window()

    # ---- start and end -------------------------------------------------------------------------------

    def start(self, file: Path | None = None) -> None:
        """Show the window on a file, on what an earlier session left unsaved, or on the first demo."""
        self.controller.start_engine()
        if not (file is not None and self.filing.open(file)):
            self.filing.open_demo(FIRST_DEMO)
        self.window.show()
        self.window.canvas.setFocus()
        if self.settings.problem:
            self.runs.say(self.settings.problem, "warning")
        if file is None:
            QTimer.singleShot(0, self.filing.offer_recovery)

    def load_late_panels(self) -> None:
        """Load pyqtgraph and what needs it, after the first paint."""
        if self._has_late_panels:
            return
        from app.presenters.curves import CurvesPresenter
        from app.presenters.inspector import InspectorPresenter
        from widgets.curves.panel import CurvesPanel
        from widgets.inspector.panel import InspectorPanel

        curves, inspector = CurvesPanel(), InspectorPanel()
        tools = {"Curves": curves.take_controls(), "Inspector": inspector.take_header()}
        self.window.set_late_panels(curves, inspector)
        self.curves = CurvesPresenter(self.workspace, self.controller, curves)
        self.inspector = InspectorPresenter(self.workspace, self.controller, self.live, inspector)
        self._has_late_panels = True
        self.curves.list_earlier(self.project_name)
        self.panels.set_tools(tools)

    def close(self) -> None:
        """End the engine and let go of everything; nothing asks any more."""
        if self._closed:
            return
        self._closed = True
        self._remember_window()
        self.filing.close()
        self.workspace.close()
        self.live.close()
        self.controller.close()
        self.search_box.deleteLater()
        self.window.deleteLater()

    @property
    def project_name(self) -> str:
        """The name that runs of this document are kept under."""
        return self.document.title.removesuffix(".flowscope").removesuffix(".json")

    # ---- wiring --------------------------------------------------------------------------------------

    def _connect(self) -> None:
        window = self.window
        window.closing.connect(self._closing)
        window.painted.connect(self.load_late_panels)
        window.canvas.copy_requested.connect(lambda _: self.copy())
        window.canvas.cut_requested.connect(lambda _: self.cut())
        window.canvas.duplicate_requested.connect(lambda _: self.duplicate())
        window.canvas.paste_requested.connect(lambda x, y: self.paste((x, y)))
        window.canvas.context_menu_requested.connect(partial(show_menu, self))
        window.canvas.welcome_chosen.connect(self.filing.begin_with)
        window.canvas.files_dropped.connect(lambda paths: self.filing.open(Path(paths[0])))
        window.canvas.run_to_requested.connect(self.run_to)
        window.canvas.watch_requested.connect(self.inspect)
        window.properties.open_requested.connect(self.canvas.open)
        self.canvas.code_requested.connect(self.code.open)
        self.code.kept.connect(self.live.evaluate)
        window.palette_panel.add_requested.connect(self.add_in_view)
        window.palette_panel.help_requested.connect(self.properties.show_help)
        window.palette_panel.help_search_requested.connect(self.search.open)
        window.run_bar.run_to_here.connect(self.run_to_selection)
        window.breadcrumb.navigated.connect(self._navigate)
        window.search_trigger.clicked.connect(lambda: self.search.open(""))
        window.density.chosen.connect(self._set_density)
        self.panels.shown.connect(lambda _: self.passes.refresh())
        self.problems.jumped.connect(window.canvas.focus_node)
        self.signatures.jumped.connect(window.canvas.focus_node)
        self.problems.counted.connect(lambda _: self.panels.refresh())
        self.filing.said.connect(self.runs.say)
        self.filing.opened.connect(self._opened)
        self.waiting = Waiting(window, self.filing.importing.cancel)
        self.filing.importing.started.connect(lambda name: self.waiting.begin(f"Importing {name}…"))
        self.filing.importing.ended.connect(self.waiting.end)
        self.document.state_changed.connect(self._show_title)
        self.workspace.place_changed.connect(self._show_path)
        self.runs.ended.connect(self._keep_variables)
        self.controller.run_started.connect(lambda _: self.document.begin_run())
        self.document.variables_moved.connect(self._use_moved_variables)
        self.panels.refresh()

    def _fill_menus(self) -> None:
        demos = [demo.stem for demo in resources.demo_files()]
        self._recent = self.settings.current.recent
        self.actions = all_actions(doings(self), demos, map(Path, self._recent)) + self.structure.actions()
        fill(self.window.menu_bar, self.window, self.actions)

    def _opened(self) -> None:
        self.runs.begin_anew()
        self.live.begin_anew()
        self.boundary.begin_anew()
        self.signatures.begin_anew()
        self.workspace.open("")
        self.controller.use_variables(self.document.variables)
        self.window.canvas.clear_live()
        self._show_path()
        self._select_first_data()
        QTimer.singleShot(0, self.canvas, self.canvas.show_all)
        if self._has_late_panels:
            self.curves.list_earlier(self.project_name)

    def _select_first_data(self) -> None:
        """Begin with the data in the inspector: it is what one wants to see first."""
        ops = self.workspace.checked.ops
        for target, source in self.document.project.graph.wires.items():
            if isinstance(ops.get(source[0]), DataSource):
                self.workspace.select(Selection(wires=(target,)))
                return

    def _keep_variables(self) -> None:
        """What was trained belongs to the document from now on: saving keeps it, evaluation shows it."""
        try:
            trained = self.controller.variables()
            self.document.keep(trained)
            if trained.keys() != self.document.variables.keys():
                self._use_moved_variables()
        except FlowscopeError as error:
            self.runs.say(str(error), "warning")
        self.live.evaluate()

    def _use_moved_variables(self) -> None:
        """What was trained has other paths now; a run that goes on keeps those that it began with."""
        if self.controller.state == "idle":
            self.controller.use_variables(self.document.variables)

    # ---- what actions do -----------------------------------------------------------------------------

    def add_in_view(self, op: str) -> None:
        """Add a node in the middle of what is seen, beside the selected one if there is one."""
        centre = self.window.canvas.camera.centre()
        self.canvas.add(op, centre.x() - 80, centre.y() - 40)

    def copy(self) -> None:
        if text := self.canvas.copy():
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        self.copy()
        self.canvas.delete_with_content()

    def paste(self, at: tuple[float, float] | None = None) -> None:
        if text := QGuiApplication.clipboard().text():
            self.canvas.paste(text, at)

    def duplicate(self) -> None:
        if text := self.canvas.copy():
            self.canvas.paste(text, None, "Duplicate")

    def run_to_selection(self) -> None:
        if self.workspace.selection.nodes:
            self.run_to(self.workspace.selection.nodes[-1])

    def run_to(self, node: str) -> None:
        """Compute one node and what it needs, and show its value."""
        self.controller.run_to(self.document.project, node)
        self.panels.show("Inspector")

    def inspect(self, node: str, port: str) -> None:
        """Show the tensor at an output port, whatever panel lies in front."""
        wire = next((end for end, start in self.workspace.graph.wires.items() if start == (node, port)), None)
        self.workspace.select(Selection((), (wire,)) if wire is not None else Selection((node,)))
        self.panels.show("Inspector")

    def _navigate(self, index: int) -> None:
        path = self.workspace.place.path.split("/") if self.workspace.place.path else []
        self.workspace.open("/".join(path[: max(0, index - 1)]))

    def set_theme(self, name: str) -> None:
        theme.set_theme(name)
        self.settings.update(theme=name)

    def _set_density(self, index: int) -> None:
        self.settings.update(density=DENSITIES[index])
        self._show_density()

    # ---- showing -------------------------------------------------------------------------------------

    def _show_title(self) -> None:
        if self.settings.current.recent != self._recent:
            self._fill_menus()
        mark = "*" if self.document.is_modified else ""
        self.window.file_name.set_text(f"{self.document.title}{mark}")
        self.window.setWindowTitle(f"{self.document.title}{mark} - Flowscope")
        self.runs.refresh()

    def _show_path(self) -> None:
        path = self.workspace.place.path
        self.window.breadcrumb.set_look((self.project_name, "main", *(path.split("/") if path else ())))

    def _show_density(self) -> None:
        self.window.density.set_look(DENSITIES, DENSITIES.index(self.settings.current.density))
        densities: dict[str, Density] = {"Learn": "learn", "Build": "build", "Expert": "expert"}
        self.canvas.set_density(densities[self.settings.current.density])

    # ---- window --------------------------------------------------------------------------------------

    def _restore_window(self) -> None:
        x, y, width, height = self.settings.current.window
        # The screen may be a smaller one than the last time, or another one be gone.
        screen = self.window.screen().availableGeometry()
        self.window.resize(min(width, screen.width()), min(height, screen.height()))
        if (x, y) != (0, 0) and screen.contains(x, y):
            self.window.move(x, y)
        for name, sizes in self.settings.current.panels.items():
            if splitter := getattr(self.window, name, None):
                splitter.setSizes(sizes)
        self._show_density()
        self._show_path()

    def _remember_window(self) -> None:
        place = self.window.geometry()
        names = ["top", "left", "whole"] + (["bottom"] if self.window.is_split else [])
        self.settings.update(
            window=(place.x(), place.y(), place.width(), place.height()),
            panels={
                **self.settings.current.panels,
                **{name: getattr(self.window, name).sizes() for name in names},
            },
        )

    def _closing(self, event: QCloseEvent) -> None:
        if not self.filing.may_leave():
            event.ignore()
            return
        event.accept()
        self.close()
        QTimer.singleShot(0, QApplication.quit)
