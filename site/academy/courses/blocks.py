"""What only lessons have: questions on the way, and what stands elsewhere in the library."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from academy.core.blocks import BodyBlock


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("image"))
    alt = blocks.CharBlock(label=_("what it shows"))
    caption = blocks.CharBlock(label=_("caption"), required=False)


class LessonBlock(BodyBlock):
    check = SnippetChooserBlock(
        "exams.Question", label=_("Question"), icon="help", template="courses/blocks/check.html"
    )
    gallery = blocks.ListBlock(
        PictureBlock(), label=_("Pictures"), icon="image", template="courses/blocks/gallery.html"
    )
    reference = blocks.PageChooserBlock(
        ["library.ChapterPage", "library.CasePage"],
        label=_("Chapter or case"),
        icon="doc-full",
        template="courses/blocks/reference.html",
    )
