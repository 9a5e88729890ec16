package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.checkpoint.UserException;

/** Reads the part {@code model} of {@code tokenizer.json}. */
final class BpeReader {

  private static final String TYPE = "BPE";
  private static final String MERGES = "merges";
  private static final String UNKNOWN = "unk_token";
  private static final String DROPOUT = "dropout";

  private final Section model;
  private final Vocabulary vocabulary;

  private BpeReader(Section model) {
    this.model = model;
    this.vocabulary = Vocabulary.read(model);
  }

  static BpeModel read(Section model) {
    // Files of before the type was written are BPE if they have merges.
    if (model.has("type") ? !model.type().equals(TYPE) : !model.has(MERGES)) {
      throw model.unsupportedType("models of type BPE");
    }
    requireNone(model, "continuing_subword_prefix");
    requireNone(model, "end_of_word_suffix");
    requireNoDropout(model);
    BpeReader reader = new BpeReader(model);
    return new BpeModel(reader.vocabulary, reader.merges(), reader.options());
  }

  private static void requireNone(Section model, String key) {
    if (model.has(key) && !model.text(key).isEmpty()) {
      throw model.wrong(
          key,
          "is %s, which Gramian does not read; only tokenizers without one are supported"
              .formatted(Section.quoted(model.text(key))));
    }
  }

  private static void requireNoDropout(Section model) {
    if (model.has(DROPOUT) && model.number(DROPOUT) != 0) {
      throw model.wrong(
          DROPOUT, "is %s, which is for training; set it to null".formatted(model.number(DROPOUT)));
    }
  }

  private BpeModel.Options options() {
    return new BpeModel.Options(
        unknown(),
        model.flag("fuse_unk", false),
        model.flag("byte_fallback", false),
        model.flag("ignore_merges", false));
  }

  private int unknown() {
    return model.has(UNKNOWN) ? require(UNKNOWN, model.text(UNKNOWN)) : Vocabulary.ABSENT;
  }

  private MergeTable merges() {
    JsonNode merges = model.array(MERGES);
    MergeTable table = new MergeTable(merges.size());
    for (JsonNode merge : merges) {
      if (merge.isTextual()) {
        addSpelled(table, merge.textValue());
      } else if (merge.size() == 2 && merge.get(0).isTextual() && merge.get(1).isTextual()) {
        add(table, merge.get(0).textValue(), merge.get(1).textValue());
      } else {
        throw noMerge(merge.toString());
      }
    }
    return table;
  }

  /**
   * Adds a merge of the older spelling: two tokens with a space between, of which neither has one.
   */
  private void addSpelled(MergeTable table, String merge) {
    int space = merge.indexOf(' ');
    if (merge.startsWith("#version")) {
      return;
    }
    if (space < 0 || merge.indexOf(' ', space + 1) >= 0) {
      throw noMerge(Section.quoted(merge));
    }
    add(table, merge.substring(0, space), merge.substring(space + 1));
  }

  private void add(MergeTable table, String left, String right) {
    table.add(require(MERGES, left), require(MERGES, right), require(MERGES, left + right));
  }

  private int require(String key, String token) {
    int id = vocabulary.id(token);
    if (id == Vocabulary.ABSENT) {
      throw model.wrong(
          key,
          "names the token %s, which 'vocab' lacks; fetch the file again"
              .formatted(Section.quoted(token)));
    }
    return id;
  }

  private UserException noMerge(String merge) {
    return model.wrong(
        MERGES,
        "holds %s, where a pair of tokens is needed; fetch the file again".formatted(merge));
  }
}
