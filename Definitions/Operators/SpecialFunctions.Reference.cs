using System;

namespace ModelCompiler;

/// <summary>Functions that System.Math lacks, to double precision.</summary>
static class SpecialFunctions
{
    /// <summary>ln(1 + x): what rounding 1 + x lost is put back.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : u == 0 || double.IsInfinity(x) ? Math.Log(u) : Math.Log(u) + (x - (u - 1)) / u;
    }

    /// <summary>ln(1 + e^x) without overflow.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    /// <summary>
    /// The number that a share p of a standard normal distribution lies below: Newton's method on Φ, from 0. For p
    /// between Φ(-2) and Φ(2), where it converges.
    /// </summary>
    public static double NormalQuantile(double p)
    {
        double x = 0;
        for (int i = 0; i < 60; i++)
        {
            double excess = 0.5 * (1 + Erf(x / Math.Sqrt(2))) - p;
            double step = excess * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
            x = Math.Clamp(x - step, -2.1, 2.1);
            if (Math.Abs(step) < 1e-14) break;
        }
        return x;
    }

    /// <summary>The error function: its Taylor series near 0, the continued fraction of erfc elsewhere.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        double size = Math.Abs(x);
        if (size > 6) return Math.Sign(x);
        if (size < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; n < 120 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        double fraction = 0;
        for (int n = 80; n >= 1; n--) fraction = n / 2.0 / (size + fraction);
        return Math.Sign(x) * (1 - Math.Exp(-size * size) / (Math.Sqrt(Math.PI) * (size + fraction)));
    }
}
