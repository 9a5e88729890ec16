package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The files of a checkpoint that say how its text is tokenized. */
final class TokenizerFolder {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String GENERATION = "generation_config.json";
  private static final String END = "eos_token_id";

  private static final JsonMapper MAPPER = new JsonMapper();

  private final Directory folder;

  TokenizerFolder(Directory folder) {
    this.folder = folder;
  }

  /** The parsed {@code tokenizer.json}. */
  Section tokenizer() {
    if (!exists(TOKENIZER)) {
      throw new UserException(
          "%s: no %s there; copy it from the checkpoint that the model was made of"
              .formatted(folder.name(), TOKENIZER));
    }
    String name = name(TOKENIZER);
    try {
      JsonNode root = MAPPER.readTree(bytes(TOKENIZER));
      if (!root.isObject()) {
        throw new UserException("%s: a JSON object is expected; fetch it again".formatted(name));
      }
      return Section.root(name, root);
    } catch (JsonProcessingException e) {
      throw damaged(name, e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /** The ids that end a text: what {@code generation_config.json} says, else config.json. */
  int[] endIds() {
    for (String file : List.of(GENERATION, HfConfig.FILE)) {
      if (exists(file)) {
        HfConfig config =
            HfConfig.parse(name(file), new String(bytes(file), StandardCharsets.UTF_8));
        if (config.has(END)) {
          return config.isList(END)
              ? config.ints(END).stream().mapToInt(Integer::intValue).sorted().toArray()
              : new int[] {config.requireInt(END)};
        }
      }
    }
    return new int[0];
  }

  private boolean exists(String file) {
    try {
      return folder.exists(file);
    } catch (IOException e) {
      throw unreadable(name(file), e);
    }
  }

  private byte[] bytes(String file) {
    try (InputStream in = folder.read(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw unreadable(name(file), e);
    }
  }

  private String name(String file) {
    return folder.name() + "/" + file;
  }

  private static UserException damaged(String name, JsonProcessingException e) {
    // Limits of the parser, such as that of nesting, come without a place.
    String where =
        e.getLocation() == null
            ? ""
            : " at line %d, column %d"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    String what = e.getOriginalMessage().lines().findFirst().orElse("");
    return new UserException(
        "%s: not valid JSON%s: %s; fetch it again".formatted(name, where, what), e);
  }

  private static UserException unreadable(String name, IOException e) {
    return new UserException(
        "%s: cannot be read (%s: %s)".formatted(name, e.getClass().getSimpleName(), e.getMessage()),
        e);
  }
}
