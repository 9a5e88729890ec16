/**
 * The device runtime: maps a packed artifact and generates text at any width, in pure Java.
 *
 * <p>Knows neither Spark nor libtorch. A model is opened once and shared; a session holds what one
 * text needs: its caches, its position and the width at which the next token is computed.
 */
package io.gramian.edge;
