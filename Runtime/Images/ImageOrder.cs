namespace ModelCompiler.Runtime.Images;

/// <summary>How the numbers of an image follow each other.</summary>
public enum ImageOrder
{
    /// <summary>[C, H, W]: one plane a colour, as convolutions take them.</summary>
    ChannelsFirst,

    /// <summary>[H, W, C]: the colours of a pixel next to each other.</summary>
    ChannelsLast,
}
