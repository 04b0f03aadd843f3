using System.Globalization;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Numbers of bytes in messages.</summary>
static class Sizes
{
    /// <summary>Such as "1,234.5 MiB (1294467072 bytes)".</summary>
    public static string Text(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB ({bytes} bytes)");
}
