package io.gramian.spark.evaluate;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A multiple-choice question.
 *
 * @param where file and line, for messages
 * @param context what comes before every choice
 * @param choices as they continue the context, leading space included
 * @param answer index of the right one
 */
record Question(String where, String context, List<String> choices, int answer)
    implements Serializable {

  Question {
    choices = List.copyOf(choices);
  }

  /** Length of a choice as text: UTF-8 bytes. */
  int bytes(int choice) {
    return choices.get(choice).getBytes(StandardCharsets.UTF_8).length;
  }
}
