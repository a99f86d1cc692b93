"""What Reflex reads when it compiles the screens; the running server is configured in ``ar_cockpit/serve.py``."""

import reflex as rx

config = rx.Config(
    app_name="ar_cockpit",
    show_built_with_reflex=False,
    telemetry_enabled=False,
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    plugins=[
        rx.plugins.RadixThemesPlugin(
            theme=rx.theme(
                accent_color="indigo", gray_color="slate", radius="medium", scaling="95%", panel_background="solid"
            )
        )
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
