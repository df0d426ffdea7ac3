// SPDX-License-Identifier: GPL-3.0-or-later
//
// The mixed logit of tests/unit/test_golden_posterior.c as a Stan program; golden_posterior.R runs
// it. theta_n = mu + Delta'w_n + L z_n with z_n standard normal, L L' = Omega.
data {
  int<lower=1> N;  // persons
  int<lower=1> T;  // tasks
  int<lower=2> J;  // alternatives
  int<lower=1> K;  // random coefficients
  int<lower=0> Q;  // covariates
  int<lower=1, upper=N> person[T];
  int<lower=1, upper=J> chosen[T];
  matrix[J, K] x[T];
  vector[J] z[T];  // the attribute with a fixed coefficient
  matrix[N, Q] w;
  int<lower=0, upper=1> conjugate;    // mu | Omega ~ N(0, Omega / a), else N(0, I / a)
  real<lower=0> a;
  int<lower=0, upper=1> huang_wand;   // Omega | lambda ~ IW(df + m - 1, 2 df diag(lambda))
  int<lower=0, upper=1> full;         // one covariance, else each coefficient on its own
  real<lower=0> df;                   // inverse Wishart (df, scale I); half-t (df, scale)
  real<lower=0> scale;
  int<lower=0, upper=1> lognormal[K]; // beta_k = exp(theta_k)
}
parameters {
  vector[K] mu;
  matrix[Q, K] Delta;
  cov_matrix[K] Omega_full[full];
  real<lower=0> own_variance[full ? 0 : K];
  vector<lower=0>[K] lambda[huang_wand];
  real alpha;
  matrix[K, N] standard;
}
transformed parameters {
  matrix[K, K] Omega = full ? Omega_full[1] : diag_matrix(to_vector(own_variance));
}
model {
  matrix[K, K] L = cholesky_decompose(Omega);
  matrix[K, N] beta = rep_matrix(mu, N) + L * standard;

  to_vector(standard) ~ std_normal();
  if (huang_wand)
    lambda[1] ~ gamma(0.5, 1 / square(scale));
  if (full)
    Omega_full[1] ~ inv_wishart(huang_wand ? df + K - 1 : df,
                                huang_wand ? diag_matrix(2 * df * lambda[1])
                                           : diag_matrix(rep_vector(scale, K)));
  else
    for (k in 1:K)
      own_variance[k] ~ inv_gamma(0.5 * df, huang_wand ? df * lambda[1][k] : 0.5 * scale);
  if (conjugate)
    mu ~ multi_normal(rep_vector(0, K), Omega / a);
  else
    mu ~ normal(0, inv_sqrt(a));
  to_vector(Delta) ~ normal(0, inv_sqrt(a));
  alpha ~ std_normal();
  if (Q > 0)
    beta += (w * Delta)';
  for (k in 1:K)
    if (lognormal[k])
      beta[k] = exp(beta[k]);
  for (t in 1:T)
    chosen[t] ~ categorical_logit(x[t] * beta[, person[t]] + z[t] * alpha);
}
