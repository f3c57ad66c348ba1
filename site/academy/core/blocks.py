"""The StreamField blocks of every body: what an editor may say, and with which marks."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from academy.core.videos import VideoValue

CALLOUTS = [
    ("number", _("数 Key figures")),
    ("forbidden", _("禁 Do not")),
    ("why", _("因 Why")),
    ("superseded", _("旧 Superseded wording")),
    ("explain", _("讲 Explanation")),
    ("must", _("必 Must")),
]
STATES = [
    ("current", _("In force")),
    ("stricter", _("Stricter reading, to be checked")),
    ("superseded", _("Superseded")),
    ("teaching", _("Teaching")),
]
LINKS = [("ok", _("Held")), ("broken", _("Failed")), ("result", _("Result"))]
TEXT_FEATURES = ["bold", "ul", "ol", "link", "document-link"]


class FiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("label", blocks.CharBlock(label=_("what it is for"))),
                ("before", blocks.CharBlock(label=_("word before"), required=False)),
                ("value", blocks.CharBlock(label=_("number"))),
                ("unit", blocks.CharBlock(label=_("unit and limit word"))),
            ]
        ),
        max_num=4,
        label=_("figures"),
    )

    class Meta:
        label = _("Key figures")
        icon = "order"
        template = "components/blocks/figures.html"


class StepBlock(blocks.StructBlock):
    lead = blocks.CharBlock(label=_("what to do"))
    detail = blocks.CharBlock(label=_("detail"), required=False)


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(choices=CALLOUTS, label=_("kind"))
    title = blocks.CharBlock(label=_("title"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, required=False, label=_("text"))
    items = blocks.ListBlock(blocks.CharBlock(), required=False, default=[], label=_("lines"))

    class Meta:
        label = _("Callout")
        icon = "warning"
        template = "components/blocks/callout.html"


class BasisBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("where it comes from"))
    state = blocks.ChoiceBlock(choices=STATES, label=_("state"))
    note = blocks.CharBlock(label=_("note"), required=False)

    class Meta:
        label = _("Basis")
        icon = "link"
        template = "components/blocks/basis.html"


class LawBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("the text, word for word"))
    mark = blocks.CharBlock(label=_("deciding words"), required=False)
    source = blocks.CharBlock(label=_("source and article"))
    state = blocks.ChoiceBlock(choices=STATES, label=_("state"))

    class Meta:
        label = _("Law quotation")
        icon = "openquote"
        template = "components/blocks/law.html"


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("caption"), required=False)
    table = TypedTableBlock([("text", blocks.CharBlock(required=False))], label=_("table"))

    class Meta:
        label = _("Table")
        icon = "table"
        template = "components/blocks/table.html"


class ScaleBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("caption"), required=False)

    class Meta:
        label = _("Temperature scale")
        icon = "decimal"
        template = "components/blocks/scale.html"


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(label=_("what it shows"))
    caption = blocks.CharBlock(label=_("caption"), required=False)

    class Meta:
        label = _("Image")
        icon = "image"
        template = "components/blocks/image.html"


class FileBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("file"))
    label = blocks.CharBlock(label=_("label"), required=False)

    class Meta:
        label = _("File")
        icon = "doc-full"
        template = "components/blocks/file.html"


class QualityBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("quality"), help_text="480p")
    video = DocumentChooserBlock(label=_("MP4 file"))


class VideoBlock(blocks.StructBlock):
    """`others` are the same film, larger or smaller; what is watched of one is watched of all."""

    title = blocks.CharBlock(label=_("title"))
    video = DocumentChooserBlock(label=_("MP4 file"))
    quality = blocks.CharBlock(label=_("quality"), required=False, default="720p")
    others = blocks.ListBlock(QualityBlock(), required=False, default=[], label=_("other qualities"))
    captions = DocumentChooserBlock(label=_("captions (VTT)"), required=False)
    poster = ImageChooserBlock(label=_("poster"), required=False)
    transcript = blocks.RichTextBlock(features=TEXT_FEATURES, required=False, label=_("text version"))

    class Meta:
        label = _("Video")
        icon = "media"
        value_class = VideoValue
        template = "components/blocks/video.html"


class ChainLinkBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    text = blocks.CharBlock(label=_("what happened"), required=False)
    state = blocks.ChoiceBlock(choices=LINKS, label=_("state"))


class SelfCheckBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("question"))
    answer = blocks.CharBlock(label=_("answer"))
    why = blocks.CharBlock(label=_("why"), required=False)


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("Heading"), icon="title", template="components/blocks/heading.html")
    text = blocks.RichTextBlock(
        features=TEXT_FEATURES, label=_("Text"), icon="pilcrow", template="components/blocks/text.html"
    )
    figures = FiguresBlock()
    steps = blocks.ListBlock(
        StepBlock(), label=_("Steps"), icon="list-ol", template="components/blocks/steps.html"
    )
    callout = CalloutBlock()
    basis = BasisBlock()
    law = LawBlock()
    table = TableBlock()
    scale = ScaleBlock()
    image = ImageBlock()
    file = FileBlock()
    video = VideoBlock()
    chain = blocks.ListBlock(
        ChainLinkBlock(), label=_("Chain of events"), icon="link", template="components/blocks/chain.html"
    )
    checks = blocks.ListBlock(
        blocks.CharBlock(),
        label=_("Checks for tomorrow"),
        icon="check",
        template="components/blocks/checks.html",
    )
    selfcheck = blocks.ListBlock(
        SelfCheckBlock(), label=_("Check yourself"), icon="help", template="components/blocks/selfcheck.html"
    )
