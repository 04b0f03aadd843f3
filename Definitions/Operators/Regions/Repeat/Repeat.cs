using System;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Layers of equal structure with parameters of their own. A foreach over them stays one loop when compiled.
    /// </summary>
    /// <param name="count">How many; known at build.</param>
    /// <param name="create">Makes one.</param>
    /// <returns>The layers.</returns>
    /// <example><code>
    /// readonly Block[] blocks = Repeat(12, () => new Block(width: 256));
    /// …
    /// foreach (Block block in blocks) x = block.Forward(x);
    /// </code></example>
    public static partial TLayer[] Repeat<TLayer>(int count, Func<TLayer> create) where TLayer : class;

    /// <summary>
    /// Layers that may depend on their index. A foreach over them stays one loop for each stretch of layers of equal
    /// structure, also with a period: <c>Repeat(12, i =&gt; new Block(width, isLocal: i % 6 != 5))</c>. Where
    /// neighbours never repeat it is unrolled (MC0017).
    /// </summary>
    /// <param name="count">How many; known at build.</param>
    /// <param name="create">Makes the layer of an index.</param>
    /// <returns>The layers.</returns>
    /// <example><code>readonly Linear[] steps = Repeat(6, i => new Linear(8, 8, bias: i % 2 == 0));</code></example>
    public static partial TLayer[] Repeat<TLayer>(int count, Func<int, TLayer> create) where TLayer : class;
}
