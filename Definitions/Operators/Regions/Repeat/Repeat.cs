using System;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Layers of equal structure with parameters of their own. A foreach over them stays one loop when compiled.</summary>
    /// <param name="count">How many; known at build.</param>
    /// <param name="create">Makes one.</param>
    /// <returns>The layers.</returns>
    public static partial TLayer[] Repeat<TLayer>(int count, Func<TLayer> create) where TLayer : class;

    /// <summary>Layers that may depend on their index; a foreach over them is unrolled when compiled.</summary>
    /// <param name="count">How many; known at build.</param>
    /// <param name="create">Makes the layer of an index.</param>
    /// <returns>The layers.</returns>
    public static partial TLayer[] Repeat<TLayer>(int count, Func<int, TLayer> create) where TLayer : class;
}
