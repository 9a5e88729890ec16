package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.checkpoint.UserException;

/**
 * The part {@code post_processor} of {@code tokenizer.json}: the ids that stand before and after
 * those of a text, such as the begin token of Llama 3.
 */
final class Template {

  private static final String KNOWN = "ByteLevel, TemplateProcessing and Sequence";
  private static final String TOKENS = "special_tokens";
  private static final String TOKEN = "SpecialToken";
  private static final String TEXT = "Sequence";

  private final Ids before;
  private final Ids after;

  private Template(Ids before, Ids after) {
    this.before = before;
    this.after = after;
  }

  /** The template that adds nothing. */
  static Template none() {
    return new Template(new Ids(0), new Ids(0));
  }

  static Template read(Section section) {
    return switch (section.type()) {
      case "ByteLevel" -> none();
      case "TemplateProcessing" -> single(section);
      case "Sequence" -> sequence(section);
      default -> throw section.unsupportedType(KNOWN);
    };
  }

  /** The ids of a text with those of the template around them. */
  int[] around(Ids text) {
    return joined(joined(before, text), after).toArray();
  }

  private static Template sequence(Section section) {
    Template all = none();
    for (Section processor : section.sections("processors")) {
      Template outer = read(processor);
      all = new Template(joined(outer.before, all.before), joined(all.after, outer.after));
    }
    return all;
  }

  private static Template single(Section section) {
    Template template = none();
    int texts = 0;
    for (Section part : section.sections("single")) {
      if (part.has(TOKEN)) {
        Ids side = texts == 0 ? template.before : template.after;
        side.addAll(ids(section, part.section(TOKEN).text("id")));
      } else if (part.section(TEXT).text("id").equals("A")) {
        texts++;
      } else {
        throw noTemplate(section);
      }
    }
    if (texts != 1) {
      throw noTemplate(section);
    }
    return template;
  }

  private static int[] ids(Section section, String token) {
    Ids ids = new Ids(1);
    Section tokens = section.section(TOKENS);
    for (JsonNode id : tokens.section(token).array("ids")) {
      ids.add(Vocabulary.checkedId(tokens, token, id));
    }
    return ids.toArray();
  }

  private static Ids joined(Ids left, Ids right) {
    Ids joined = new Ids(left.size() + right.size());
    joined.addAll(left);
    joined.addAll(right);
    return joined;
  }

  private static UserException noTemplate(Section section) {
    return section.wrong(
        "single", "is no template for one text: it must name the sequence A once and no other");
  }
}
